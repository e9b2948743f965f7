//! Seats in several places.

use super::super::SeatRequest;
use super::picture::{Picture, best, best_for, request};

#[test]
fn a_split_has_as_few_stretches_as_there_can_be() {
    assert_eq!(best(&[".x.x.", "xxxxx", "..xxx"], 3), [".xOx.", "xxxxx", "OOxxx"]);
    assert_eq!(best(&["...x..x."], 6), ["OOOxOOxO"]);
}

#[test]
fn a_split_keeps_to_rows_that_follow_each_other() {
    assert_eq!(best(&["x.x..x", "xx.x.x"], 3), ["xOxOOx", "xx.x.x"]);
    assert_eq!(best(&[".x", "xx", "..", ".x"], 3), [".x", "xx", "OO", "Ox"]);
}

#[test]
fn a_split_keeps_to_one_section_if_it_can() {
    assert_eq!(best(&[".xx", "xxx", "..x", "=", "x.x"], 3), ["Oxx", "xxx", "OOx", "=", "x.x"]);
    assert_eq!(best(&["..x", "=", "x.x"], 3), ["OOx", "=", "xOx"]);
}

#[test]
fn of_equal_splits_the_better_seats_win() {
    assert_eq!(best(&[".x..", "xxxx", ".x.."], 3), ["OxOO", "xxxx", ".x.."]);
    assert_eq!(best(&["xxxx", ".x..", "....x", ".x.."], 5), ["xxxx", "Ox..", "OOOOx", ".x.."]);
    assert_eq!(best(&["..x..x.."], 3), [".OxOOx.."]);
}

#[test]
fn better_seats_win_over_earlier_ones() {
    let rows = ["..x.xxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxx", "xxxxxxxxx..x.xxxxxxx"];
    assert_eq!(best(&rows, 3)[2], "xxxxxxxxxOOxOxxxxxxx");
    let rows = ["..xxxxxxxxxxxxxxxxxx", "xxxxxxxxx..xxxxxxxxx", "xxxxxxxx...xxxxxxxxx"];
    assert_eq!(best(&rows, 4), ["..xxxxxxxxxxxxxxxxxx", "xxxxxxxxxO.xxxxxxxxx", "xxxxxxxxOOOxxxxxxxxx"]);
}

#[test]
fn the_rest_leaves_no_single_seat_if_it_can() {
    assert_eq!(best(&["....x..."], 5), ["OOOOxO.."]);
}

#[test]
fn whoever_must_sit_together_is_not_split() {
    let together = SeatRequest { together: Some(true), ..request(3) };
    assert!(best_for(&["..x..", "..x.."], &together).is_empty());
}

#[test]
fn there_is_no_choice_when_too_few_seats_are_free() {
    assert!(best(&["..x..", "..x.."], 9).is_empty());
    assert_eq!(best(&["..x..", "..x.."], 8), ["OOxOO", "OOxOO"]);
}

#[test]
fn a_split_says_in_how_many_places_it_is() {
    let picture = Picture::of(&["..x..", "..x.."]);
    let stretches = |quantity| picture.choose(&request(quantity), 0).map(|choice| choice.stretches);
    assert_eq!([2, 3, 5, 8].map(stretches), [Some(1), Some(2), Some(3), Some(4)]);
}
