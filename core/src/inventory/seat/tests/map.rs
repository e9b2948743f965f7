//! The seat map.

use serde_json::json;

use super::super::seat_map;
use super::picture::Picture;

#[test]
fn a_map_has_a_character_for_each_seat_and_counts() {
    let picture = Picture::of(&["_.xh|bw", "r_", "=", ".x"]);
    let expected = json!({
        "sections": [
            {
                "section": "section 1",
                "area": "stalls",
                "counts": {"available": 3, "held": 1, "sold": 1, "blocked": 1},
                "rows": [
                    {
                        "row": "1",
                        "labels": ["2", "3", "4", "5", "6"],
                        "states": "ashba",
                        "blocks": [{"position": 2, "count": 3}, {"position": 5, "count": 2}],
                        "accessible": ["6"],
                        "restricted_view": [],
                    },
                    {
                        "row": "2",
                        "labels": ["1"],
                        "states": "a",
                        "blocks": [{"position": 1, "count": 1}],
                        "accessible": [],
                        "restricted_view": ["1"],
                    },
                ],
            },
            {
                "section": "section 2",
                "area": "balcony",
                "counts": {"available": 1, "held": 0, "sold": 1, "blocked": 0},
                "rows": [
                    {
                        "row": "1",
                        "labels": ["1", "2"],
                        "states": "as",
                        "blocks": [{"position": 1, "count": 2}],
                        "accessible": [],
                        "restricted_view": [],
                    },
                ],
            },
        ],
        "areas": [
            {"area": "balcony", "counts": {"available": 1, "held": 0, "sold": 1, "blocked": 0}},
            {"area": "stalls", "counts": {"available": 3, "held": 1, "sold": 1, "blocked": 1}},
        ],
    });
    assert_eq!(serde_json::to_value(seat_map(&picture.event_seats())).unwrap(), expected);
}

#[test]
fn areas_are_counted_over_sections() {
    let map = seat_map(&Picture::of(&["..", "=", ".x", "=", "x"]).event_seats());
    let counts: Vec<_> = map.areas.iter().map(|area| (area.counts.available, area.counts.sold)).collect();
    assert_eq!((map.sections.len(), counts), (3, vec![(1, 2), (2, 0)]));
    assert!(seat_map(&[]).sections.is_empty());
}
