//! What a layout may say, and the seats that it gives.

use serde_json::{Value, json};

use super::super::{Seat, SeatLayout};
use crate::{ErrorCode, Result};

fn expand(layout: Value) -> Result<Vec<Seat>> {
    serde_json::from_value::<SeatLayout>(layout).unwrap().expand()
}

fn layout_of(row: Value) -> Value {
    json!({"sections": [{"name": "A", "area": "stalls", "rows": [row]}]})
}

fn row(row: Value) -> Vec<Seat> {
    expand(layout_of(row)).unwrap()
}

fn problem(layout: Value) -> String {
    let error = expand(layout).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
    error.detail
}

fn labels(seats: &[Seat]) -> Vec<&str> {
    seats.iter().map(|seat| seat.label.as_str()).collect()
}

/// (position, block, quality) of each seat.
fn places(seats: &[Seat]) -> Vec<(i32, i32, i32)> {
    seats.iter().map(|seat| (seat.position, seat.block, seat.quality)).collect()
}

#[test]
fn numbers_go_either_way_in_ones_or_twos() {
    let seats = row(json!({"name": "1", "numbered": {"count": 3}}));
    assert_eq!(labels(&seats), ["1", "2", "3"]);
    let seats =
        row(json!({"name": "1", "numbered": {"count": 3, "first": 2, "step": 2, "direction": "left_to_right"}}));
    assert_eq!(labels(&seats), ["2", "4", "6"]);
    let seats = row(json!({"name": "1", "numbered": {"count": 3, "step": 2, "direction": "right_to_left"}}));
    assert_eq!(labels(&seats), ["5", "3", "1"]);
    assert_eq!(places(&seats), [(1, 1, 2), (2, 1, 0), (3, 1, 2)]);
}

#[test]
fn missing_seats_and_aisles_make_blocks() {
    let seats =
        row(json!({"name": "1", "numbered": {"count": 8}, "missing": ["1", "4", "5"], "aisle_right_of": ["6", "8"]}));
    assert_eq!(labels(&seats), ["2", "3", "6", "7", "8"]);
    assert_eq!(places(&seats), [(2, 1, 1), (3, 1, 1), (6, 2, 0), (7, 3, 1), (8, 3, 1)]);
}

#[test]
fn labels_are_taken_as_given() {
    let seats = row(
        json!({"name": " 1 ", "labels": ["A", " Löwe ", "12b"], "accessible": ["Löwe"], "restricted_view": [" A"]}),
    );
    assert_eq!(labels(&seats), ["A", "Löwe", "12b"]);
    assert_eq!(seats[0].row, "1");
    let attributes: Vec<_> =
        seats.iter().map(|seat| (seat.attributes.accessible, seat.attributes.restricted_view)).collect();
    assert_eq!(attributes, [(false, true), (true, false), (false, false)]);
}

#[test]
fn quality_follows_section_row_and_middle() {
    let rows = json!([{"name": "1", "numbered": {"count": 4}}, {"name": "2", "numbered": {"count": 1}}]);
    let seats = expand(json!({"sections": [
        {"name": "A", "area": "stalls", "rows": rows},
        {"name": "B", "area": "stalls", "rows": rows},
        {"name": "C", "area": "balcony", "rank": 1, "rows": rows},
        {"name": "D", "area": "balcony", "quality_base": 7, "rows": rows},
    ]}))
    .unwrap();
    let qualities: Vec<i32> = seats.iter().map(|seat| seat.quality).collect();
    let expected =
        [[3, 1, 1, 3, 6], [10_003, 10_001, 10_001, 10_003, 10_006], [3, 1, 1, 3, 6], [10, 8, 8, 10, 13]].concat();
    assert_eq!(qualities, expected);
    let ranks: Vec<_> = seats.iter().step_by(5).map(|seat| (seat.section.as_str(), seat.section_rank)).collect();
    assert_eq!(ranks, [("A", 1), ("B", 2), ("C", 1), ("D", 4)]);
}

#[test]
fn problems_name_the_field() {
    let numbered = json!({"name": "1", "numbered": {"count": 3}});
    let with = |name: &str, value: Value| {
        let mut row = numbered.clone();
        row[name] = value;
        layout_of(row)
    };
    let section = |name: &str, value: Value| {
        let mut layout = layout_of(numbered.clone());
        layout["sections"][0][name] = value;
        layout
    };
    let long = "é".repeat(41);
    let text = "must have 1 to 40 characters and no control characters";
    for (layout, expected) in [
        (json!({"sections": []}), "sections must have 1 to 200 items".to_owned()),
        (section("name", json!(" ")), format!("sections[0].name {text}")),
        (section("name", json!("a\nb")), format!("sections[0].name {text}")),
        (section("area", json!(long)), format!("sections[0].area {text}")),
        (section("rank", json!(0)), "sections[0].rank must be between 1 and 200".to_owned()),
        (section("quality_base", json!(-1)), "sections[0].quality_base must be between 0 and 10000000".to_owned()),
        (section("rows", json!([])), "sections[0].rows must have 1 to 500 items".to_owned()),
        (
            section("rows", json!([numbered, numbered])),
            "sections[0].rows[1].name is the name of another row of the section".to_owned(),
        ),
        (with("name", json!("")), format!("sections[0].rows[0].name {text}")),
        (with("labels", json!(["1"])), "sections[0].rows[0] must have either numbered or labels".to_owned()),
        (layout_of(json!({"name": "1"})), "sections[0].rows[0] must have either numbered or labels".to_owned()),
        (
            with("numbered", json!({"count": 0})),
            "sections[0].rows[0].numbered.count must be between 1 and 500".to_owned(),
        ),
        (
            with("numbered", json!({"count": 501})),
            "sections[0].rows[0].numbered.count must be between 1 and 500".to_owned(),
        ),
        (
            with("numbered", json!({"count": 1, "first": -1})),
            "sections[0].rows[0].numbered.first must be between 0 and 100000".to_owned(),
        ),
        (
            with("numbered", json!({"count": 1, "step": 3})),
            "sections[0].rows[0].numbered.step must be between 1 and 2".to_owned(),
        ),
        (
            with("missing", json!(["1", "2", "3"])),
            "sections[0].rows[0].missing must leave a seat in the row".to_owned(),
        ),
        (with("missing", json!(["4"])), "sections[0].rows[0].missing[0] is no label of the row".to_owned()),
        (with("accessible", json!(["1", "1 "])), "sections[0].rows[0].accessible[1] is listed twice".to_owned()),
        (
            layout_of(json!({"name": "1", "labels": ["a", "b"], "missing": ["a"], "restricted_view": ["a"]})),
            "sections[0].rows[0].restricted_view[0] is a missing seat".to_owned(),
        ),
        (
            layout_of(json!({"name": "1", "labels": []})),
            "sections[0].rows[0].labels must have 1 to 500 items".to_owned(),
        ),
        (
            layout_of(json!({"name": "1", "labels": ["a", "b", "a "]})),
            "sections[0].rows[0].labels[2] is the label of another seat of the row".to_owned(),
        ),
        (layout_of(json!({"name": "1", "labels": ["a", "\u{7f}"]})), format!("sections[0].rows[0].labels[1] {text}")),
    ] {
        assert_eq!(problem(layout), expected);
    }
}

#[test]
fn sections_have_names_of_their_own() {
    let section = |name: &str| json!({"name": name, "area": "a", "rows": [{"name": "1", "numbered": {"count": 1}}]});
    assert_eq!(expand(json!({"sections": [section("A"), section("a")]})).unwrap().len(), 2);
    let doubled = json!({"sections": [section("A"), section("B"), section(" A")]});
    assert_eq!(problem(doubled), "sections[2].name is the name of another section");
    let many: Vec<Value> = (0..201).map(|number| section(&number.to_string())).collect();
    assert_eq!(expand(json!({"sections": many[..200]})).unwrap().len(), 200);
    assert_eq!(problem(json!({"sections": many})), "sections must have 1 to 200 items");
}

#[test]
fn a_layout_has_a_hundred_thousand_seats_at_most() {
    let row = |name: i32| json!({"name": name.to_string(), "numbered": {"count": 500}});
    let rows: Vec<Value> = (0..200).map(row).collect();
    let mut layout = json!({"sections": [{"name": "A", "area": "a", "rows": rows}]});
    assert_eq!(expand(layout.clone()).unwrap().len(), 100_000);
    let one_more = json!({"name": "B", "area": "a", "rows": [{"name": "1", "numbered": {"count": 1}}]});
    layout["sections"].as_array_mut().unwrap().push(one_more);
    assert_eq!(problem(layout), "sections must have 100000 seats in all at most");
}

#[test]
fn unknown_fields_are_refused() {
    let layout = layout_of(json!({"name": "1", "numbered": {"count": 1}, "colour": "red"}));
    assert!(serde_json::from_value::<SeatLayout>(layout).is_err());
}
