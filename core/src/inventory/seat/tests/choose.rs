//! Seats side by side.

use std::time::{Duration, Instant};

use super::super::{ATTEMPTS_MAX, EventSeat, SeatLayout, SeatRequest, SeatState, choose, choose_spread};
use super::picture::{Picture, best, best_for, request};

#[test]
fn the_middle_of_the_first_row_is_best() {
    assert_eq!(best(&["........", "........"], 2), ["...OO...", "........"]);
    assert_eq!(best(&[".......", "......."], 3), ["..OOO..", "......."]);
    assert_eq!(best(&["xxhhbbxx", "........"], 4), ["xxhhbbxx", "..OOOO.."]);
}

#[test]
fn far_out_in_front_is_worse_than_the_middle_further_back() {
    assert_eq!(best(&["..xxxxxxxxxxxxxx", "................"], 2), ["..xxxxxxxxxxxxxx", ".......OO......."]);
    assert_eq!(best(&["xx..xxxx", "........"], 2), ["xxOOxxxx", "........"]);
}

#[test]
fn equals_go_by_layout_order() {
    assert_eq!(best(&["....|...."], 4), ["OOOO|...."]);
    assert_eq!(best(&["..xx.."], 2), ["OOxx.."]);
}

#[test]
fn aisles_and_missing_seats_part_neighbours() {
    let together = SeatRequest { together: Some(true), ..request(4) };
    assert!(best_for(&["...|...", "..._..."], &together).is_empty());
    assert_eq!(best_for(&["...|....", "..._..."], &together), ["...|OOOO", "..._..."]);
    assert_eq!(best(&["...|...", "..._..."], 3), ["OOO|...", "..._..."]);
}

#[test]
fn a_single_seat_is_avoided_in_the_row() {
    assert_eq!(best(&["......"], 3), ["OOO..."]);
    assert_eq!(best(&["...x.."], 2), ["...xOO"]);
    assert_eq!(best(&["....x...."], 1), ["...Ox...."]);
}

#[test]
fn a_single_seat_is_avoided_in_another_row_unless_that_is_much_worse() {
    assert_eq!(best(&["...xxxxx", "xxxxxxxx", "........"], 2), ["...xxxxx", "xxxxxxxx", "...OO..."]);
    assert_eq!(
        best(&["...xxxxx", "xxxxxxxx", "xxxxxxxx", "........"], 2),
        [".OOxxxxx", "xxxxxxxx", "xxxxxxxx", "........"]
    );
}

#[test]
fn two_rows_further_back_is_not_much_worse_and_anything_beyond_is() {
    assert_eq!(best(&["xxxx..xx", ".xxxxxxx"], 1), ["xxxx..xx", "Oxxxxxxx"]);
    assert_eq!(best(&["xxxx..xx", "xxxxxxxx", "x.xxx"], 1), ["xxxxO.xx", "xxxxxxxx", "x.xxx"]);
}

#[test]
fn a_single_seat_sends_nobody_to_another_section() {
    assert_eq!(best(&["...", "=", "........"], 2), ["OO.", "=", "........"]);
}

#[test]
fn a_single_seat_is_filled_by_a_single_guest_where_it_is_best() {
    assert_eq!(best(&["xx.xx", "....."], 1), ["xxOxx", "....."]);
}

#[test]
fn filters_leave_only_what_is_wanted() {
    let rows = ["rr.w..", "=", "w....r"];
    let with = |change: fn(&mut SeatRequest)| {
        let mut request = request(1);
        change(&mut request);
        best_for(&rows, &request)
    };
    assert_eq!(with(|request| request.accessible = Some(true)), ["rr.O..", "=", "w....r"]);
    assert_eq!(with(|request| request.restricted_view = Some(true)), ["Or.w..", "=", "w....r"]);
    assert_eq!(with(|request| request.section = Some("section 2".to_owned())), ["rr.w..", "=", "w.O..r"]);
    assert_eq!(with(|request| request.area = Some("balcony".to_owned())), ["rr.w..", "=", "w.O..r"]);
    assert!(with(|request| request.area = Some("nowhere".to_owned())).is_empty());
    let plain = SeatRequest { accessible: Some(false), restricted_view: Some(false), ..request(4) };
    assert_eq!(best_for(&rows, &plain), ["rr.w..", "=", "wOOOOr"]);
}

#[test]
fn odd_numbers_are_neighbours() {
    let layout = r#"{"sections": [{"name": "A", "area": "stalls", "rows": [
        {"name": "1", "numbered": {"count": 4, "step": 2, "direction": "right_to_left"}}]}]}"#;
    let seats = serde_json::from_str::<SeatLayout>(layout).unwrap().expand().unwrap();
    let seats: Vec<_> = seats.iter().map(|seat| EventSeat { seat, state: SeatState::Available }).collect();
    let together = SeatRequest { together: Some(true), ..request(4) };
    assert_eq!(choose(&seats, &together, 0).unwrap().map(|choice| choice.indices), Some(vec![0, 1, 2, 3]));
}

#[test]
fn seats_that_are_not_passed_part_neighbours() {
    let picture = Picture::of(&["...."]);
    let mut seats = picture.event_seats();
    seats.remove(1);
    let together = SeatRequest { together: Some(true), ..request(3) };
    assert_eq!(choose(&seats, &together, 0), Ok(None));
}

#[test]
fn later_attempts_take_what_the_earlier_ones_leave() {
    let picture = Picture::of(&["........"]);
    let attempt = |attempt| picture.choose(&request(2), attempt).map(|choice| picture.with(&choice.indices).concat());
    assert_eq!(attempt(0).as_deref(), Some("...OO..."));
    assert_eq!(attempt(1).as_deref(), Some(".OO....."));
    assert_eq!(attempt(2).as_deref(), Some(".....OO."));
    assert_eq!(attempt(3).as_deref(), Some("O......O"));
    assert_eq!(attempt(4), None);
}

#[test]
fn attempts_end() {
    let picture = Picture::of(&[".".repeat(2 * ATTEMPTS_MAX)]);
    assert!(picture.choose(&request(1), ATTEMPTS_MAX - 1).is_some());
    assert_eq!(picture.choose(&request(1), ATTEMPTS_MAX), None);
}

#[test]
fn salts_spread_buyers_over_what_is_nearly_as_good() {
    let picture = Picture::of(&["....", "xxxx", "....", "....", "=", "...."]);
    let seats = picture.event_seats();
    let spread =
        |salt, attempt| choose_spread(&seats, &request(4), salt, attempt).unwrap().map(|choice| choice.indices);
    let row = |first| Some((first..first + 4).collect::<Vec<usize>>());
    assert_eq!([0, 1, 2, 3].map(|attempt| spread(0, attempt)), [row(0), row(8), row(12), row(16)]);
    assert_eq!([0, 1, 2, 3].map(|attempt| spread(7, attempt)), [row(8), row(0), row(12), row(16)]);
    assert_eq!([0, 7].map(|salt| spread(salt, 4)), [None, None]);
    assert_eq!(choose_spread(&[], &request(1), u64::MAX, usize::MAX), Ok(None));
}

#[test]
fn quantities_out_of_bounds_are_refused() {
    let picture = Picture::of(&["...."]);
    for quantity in [i32::MIN, -1, 0, 101, i32::MAX] {
        let request = SeatRequest { quantity, ..request(1) };
        let error = choose(&picture.event_seats(), &request, 0).unwrap_err();
        assert_eq!(error.detail, "quantity must be between 1 and 100");
    }
    assert_eq!(picture.choose(&request(100), 0), None);
}

#[test]
fn a_large_hall_is_searched_quickly() {
    // Taken by a rule without order, so that rows have stretches of all lengths.
    let taken = |index: usize| (index.wrapping_mul(2_654_435_761) >> 7).is_multiple_of(2);
    let row = |row: usize| (0..40).map(|seat| if taken(40 * row + seat) { 'x' } else { '.' }).collect::<String>();
    let picture = Picture::of(&(0..500).map(row).collect::<Vec<String>>());
    let seats = picture.event_seats();
    assert_eq!(seats.len(), 20_000);
    for quantity in [1, 2, 4, 8, 40, 100] {
        let start = Instant::now();
        assert!(choose(&seats, &request(quantity), 0).unwrap().is_some());
        assert!(start.elapsed() < Duration::from_millis(500), "{quantity} seats took {:?}", start.elapsed());
    }
}
