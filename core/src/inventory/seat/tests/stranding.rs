//! Seats picked by hand.

use super::super::{EventSeat, strands_single};
use super::picture::{Picture, stranded};

fn seat(row: &str, label: &str) -> Option<(String, String)> {
    Some((row.to_owned(), label.to_owned()))
}

#[test]
fn a_seat_left_single_is_found_where_it_can_be_avoided() {
    assert_eq!(stranded(&[".O.x"]), seat("1", "1"));
    assert_eq!(stranded(&["O.O."]), seat("1", "2"));
    assert_eq!(stranded(&["....", "xO....", "..OO.x"]), seat("3", "5"));
    assert_eq!(stranded(&["_.O|.."]), None);
    assert_eq!(stranded(&["_.OO|...."]), seat("1", "2"));
}

#[test]
fn a_choice_that_leaves_pairs_or_nothing_passes() {
    for rows in ["OO..", "..OO", "..OO..", "OOOO", "xOO..x", "OO|..", "x.xOO..", "..O..|..O.."] {
        assert_eq!(stranded(&[rows]), None, "{rows}");
    }
}

#[test]
fn what_cannot_be_avoided_in_the_row_passes() {
    assert_eq!(stranded(&["O.x"]), None);
    assert_eq!(stranded(&["OO.O"]), None);
    assert_eq!(stranded(&[".OO", "...."]), None);
}

#[test]
fn another_stretch_of_the_row_is_a_way_to_avoid_it() {
    assert_eq!(stranded(&[".OOx...."]), seat("1", "1"));
    assert_eq!(stranded(&[".OO|OO.."]), seat("1", "1"));
    assert_eq!(stranded(&[".OO|OO."]), None);
    assert_eq!(stranded(&[".OO|OO"]), None);
}

#[test]
fn wrong_indices_have_no_effect() {
    let picture = Picture::of(&["..x..."]);
    let seats: Vec<EventSeat> = picture.event_seats();
    assert_eq!(strands_single(&seats, &[]), None);
    assert_eq!(strands_single(&seats, &[2, 6, usize::MAX]), None);
    assert_eq!(strands_single(&seats, &[4, 4]).map(|seat| seat.label.as_str()), Some("4"));
}
