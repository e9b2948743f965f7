//! What holds for any rows and any layout. Choices are compared with slow and simple ones.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::{
    Direction, EventSeat, LayoutRow, LayoutSection, RowNumbering, STRANDING_ALLOWANCE, SeatLayout, SeatRequest,
    choose_spread, strands_single,
};
use super::picture::{Picture, request};

/// Rows as [`Picture`] draws them, with a place in ten without a seat.
fn pictures() -> impl Strategy<Value = Picture> {
    let place = (prop::sample::select(b"......xxxxwrhb_".to_vec()), prop::bool::weighted(0.1));
    let row = (vec(place, 1..14), prop::bool::weighted(0.2));
    vec(row, 1..7).prop_map(|rows| {
        let mut drawn: Vec<String> = Vec::new();
        for (places, begins_section) in rows {
            if begins_section && !drawn.is_empty() {
                drawn.push("=".to_owned());
            }
            let places = places.iter().map(|(place, aisle)| (char::from(*place), if *aisle { "|" } else { "" }));
            let row: String = places.map(|(place, aisle)| format!("{place}{aisle}")).collect();
            drawn.push(row + ".");
        }
        Picture::of(&drawn)
    })
}

fn requests() -> impl Strategy<Value = SeatRequest> {
    let filter = || prop::option::weighted(0.2, any::<bool>());
    let name =
        |names: &'static [&str]| prop::option::weighted(0.2, prop::sample::select(names).prop_map(str::to_owned));
    let sections = name(&["section 1", "section 2"]);
    (1..10_usize, sections, name(&["stalls", "balcony"]), filter(), filter(), filter()).prop_map(
        |(quantity, section, area, accessible, restricted_view, together)| SeatRequest {
            section,
            area,
            accessible,
            restricted_view,
            together,
            ..request(quantity)
        },
    )
}

fn is_wanted(now: &EventSeat, request: &SeatRequest) -> bool {
    let attributes = &now.seat.attributes;
    now.is_free()
        && request.section.as_ref().is_none_or(|section| *section == now.seat.section)
        && request.area.as_ref().is_none_or(|area| *area == now.seat.area)
        && request.accessible.is_none_or(|accessible| accessible == attributes.accessible)
        && request.restricted_view.is_none_or(|restricted| restricted == attributes.restricted_view)
}

fn are_neighbours(one: &EventSeat, other: &EventSeat) -> bool {
    let key = |now: &EventSeat| (now.seat.section.clone(), now.seat.row.clone(), now.seat.block);
    key(one) == key(other) && (one.seat.position - other.seat.position).abs() == 1
}

/// Every stretch of wanted neighbours, its quality, and whether it leaves a single seat.
fn stretches(seats: &[EventSeat], request: &SeatRequest, quantity: usize) -> Vec<(Range<usize>, i64, bool)> {
    let starts = 0..(seats.len() + 1).saturating_sub(quantity);
    let ranges = starts.map(|start| start..start + quantity).filter(|range| {
        let stretch = &seats[range.clone()];
        stretch.iter().all(|now| is_wanted(now, request))
            && stretch.windows(2).all(|pair| are_neighbours(&pair[0], &pair[1]))
    });
    ranges
        .map(|range| {
            let quality = seats[range.clone()].iter().map(|now| i64::from(now.seat.quality)).sum();
            let chosen: Vec<usize> = range.clone().collect();
            (range, quality, !left_single(seats, &chosen).is_empty())
        })
        .collect()
}

/// The free seats that have a free neighbour now and none when `chosen` are taken.
fn left_single(seats: &[EventSeat], chosen: &[usize]) -> Vec<usize> {
    let has_neighbour = |index: usize, without: &[usize]| {
        seats
            .iter()
            .enumerate()
            .any(|(other, now)| now.is_free() && !without.contains(&other) && are_neighbours(now, &seats[index]))
    };
    let left = (0..seats.len()).filter(|index| seats[*index].is_free() && !chosen.contains(index));
    left.filter(|index| has_neighbour(*index, &[]) && !has_neighbour(*index, chosen)).collect()
}

/// How many stretches `quantity` seats need at least: the longest ones first.
fn fewest(seats: &[EventSeat], request: &SeatRequest, quantity: usize) -> Option<usize> {
    let runs =
        seats.chunk_by(|one, other| are_neighbours(one, other) && is_wanted(one, request) && is_wanted(other, request));
    let mut lengths: Vec<usize> = runs.filter(|run| is_wanted(&run[0], request)).map(<[_]>::len).collect();
    lengths.sort_unstable();
    let mut sum = 0;
    lengths
        .iter()
        .rev()
        .position(|length| {
            sum += length;
            sum >= quantity
        })
        .map(|last| last + 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn chosen_seats_are_wanted_distinct_and_as_many_as_asked_for(picture in pictures(), request in requests()) {
        let seats = picture.event_seats();
        let quantity = usize::try_from(request.quantity).unwrap();
        let Some(choice) = picture.choose(&request, 0) else {
            let is_possible = if request.together == Some(true) {
                !stretches(&seats, &request, quantity).is_empty()
            } else {
                seats.iter().filter(|now| is_wanted(now, &request)).count() >= quantity
            };
            prop_assert!(!is_possible);
            return Ok(());
        };
        prop_assert_eq!(choice.indices.len(), quantity);
        prop_assert!(choice.indices.is_sorted_by(|one, other| one < other));
        prop_assert!(choice.indices.iter().all(|index| is_wanted(&seats[*index], &request)));
        let quality: i64 = choice.indices.iter().map(|index| i64::from(seats[*index].seat.quality)).sum();
        prop_assert_eq!(choice.quality, quality);
        let gaps = choice.indices.windows(2).filter(|pair| !are_neighbours(&seats[pair[0]], &seats[pair[1]])).count();
        prop_assert_eq!(choice.stretches, gaps + 1);
        prop_assert_eq!(Some(choice.stretches), fewest(&seats, &request, quantity));
    }

    #[test]
    fn of_seats_side_by_side_the_best_that_leave_no_single_seat_win(picture in pictures(), request in requests()) {
        let seats = picture.event_seats();
        let all = stretches(&seats, &request, usize::try_from(request.quantity).unwrap());
        let Some(choice) = picture.choose(&request, 0).filter(|choice| choice.stretches == 1) else {
            prop_assert!(all.is_empty());
            return Ok(());
        };
        let chosen = seats[choice.indices[0]].seat;
        let strands = !left_single(&seats, &choice.indices).is_empty();
        let allowance = i64::from(STRANDING_ALLOWANCE) * i64::from(request.quantity);
        for (range, quality, _) in all.iter().filter(|(.., strands)| !strands) {
            let other = seats[range.start].seat;
            prop_assert!(choice.quality <= *quality, "{range:?} is better");
            let same_section = strands && other.section == chosen.section;
            prop_assert!(!same_section || other.row != chosen.row, "{range:?} leaves no single seat in the row");
            prop_assert!(!same_section || choice.quality + allowance < *quality, "{range:?} is not much worse");
        }
        let earlier = all.iter().filter(|(range, ..)| range.start < choice.indices[0]);
        for (range, quality, other_strands) in earlier {
            prop_assert!(*quality != choice.quality || *other_strands, "{range:?} comes first");
        }
    }

    #[test]
    fn what_is_chosen_passes_as_picked_by_hand(picture in pictures(), quantity in 1..6_usize) {
        let choice = picture.choose(&request(quantity), 0).filter(|choice| choice.stretches == 1);
        if let Some(choice) = choice {
            prop_assert_eq!(strands_single(&picture.event_seats(), &choice.indices), None);
        }
    }

    #[test]
    fn a_stranded_seat_was_left_single_by_the_choice(
        picture in pictures(),
        picks in vec(any::<prop::sample::Index>(), 1..8),
    ) {
        let seats = picture.event_seats();
        let chosen: Vec<usize> =
            picks.iter().map(|pick| pick.index(seats.len())).filter(|index| seats[*index].is_free()).collect();
        let single = left_single(&seats, &chosen);
        match strands_single(&seats, &chosen) {
            Some(seat) => prop_assert!(single.iter().any(|index| seats[*index].seat == seat)),
            // One seat of many in its own stretch can always be taken at the end.
            None => prop_assert!(chosen.len() != 1 || single.len() < 2),
        }
    }

    #[test]
    fn attempts_share_no_seat_and_salts_only_reorder_them(picture in pictures(), request in requests(), salt: u64) {
        let seats = picture.event_seats();
        let plain: Vec<_> = (0..).map_while(|attempt| picture.choose(&request, attempt)).collect();
        let taken: HashSet<usize> = plain.iter().flat_map(|choice| choice.indices.iter().copied()).collect();
        prop_assert_eq!(taken.len(), plain.iter().map(|choice| choice.indices.len()).sum::<usize>());
        let spread = |attempt| choose_spread(&seats, &request, salt, attempt).unwrap();
        let spread: Vec<_> = (0..).map_while(spread).collect();
        let sorted = |choices: &[super::super::Choice]| {
            choices.iter().map(|choice| choice.indices.clone()).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(spread.len(), plain.len());
        prop_assert_eq!(sorted(&spread), sorted(&plain));
        if let (Some(first), Some(best)) = (spread.first(), plain.first()) {
            let allowance = i64::from(STRANDING_ALLOWANCE) * i64::from(request.quantity);
            prop_assert!(first.stretches == best.stretches && first.quality <= best.quality + allowance);
        }
    }
}

fn layouts() -> impl Strategy<Value = SeatLayout> {
    let name = || prop_oneof![20 => "[a-f]{1,3}", 1 => ".{0,42}"];
    let listed = || vec(prop_oneof![20 => (1..5_i32).prop_map(|number| number.to_string()), 1 => name()], 0..2);
    let direction = prop::option::of(prop::sample::select(Direction::ALL));
    let number = |valid: Range<i32>| prop_oneof![40 => valid, 1 => any::<i32>()];
    let numbered = (number(3..9), prop::option::of(number(0..3)), prop::option::of(number(1..3)), direction)
        .prop_map(|(count, first, step, direction)| RowNumbering { count, first, step, direction });
    let labelled = vec(name(), 0..6).prop_map(|labels| (None, Some(labels)));
    let seats = prop_oneof![4 => numbered.prop_map(|numbered| (Some(numbered), None)), 1 => labelled];
    let lists = prop_oneof![2 => Just(Default::default()), 1 => (listed(), listed(), listed(), listed())];
    let row = (name(), seats, lists).prop_map(|(name, (numbered, labels), lists)| {
        let (missing, aisle_right_of, accessible, restricted_view) = lists;
        LayoutRow { name, numbered, labels, missing, aisle_right_of, accessible, restricted_view }
    });
    let rank = prop::option::of(number(1..5));
    let base = prop::option::of(number(0..50));
    let section = (name(), name(), rank, base, vec(row, 1..4))
        .prop_map(|(name, area, rank, quality_base, rows)| LayoutSection { name, area, rank, quality_base, rows });
    vec(section, 1..4).prop_map(|sections| SeatLayout { sections })
}

/// JSON with the names of a layout's fields in any place.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let names =
        ["sections", "name", "area", "rank", "quality_base", "rows", "numbered", "labels", "count", "first", "step"];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        let field = (prop::sample::select(names.to_vec()), inner.clone());
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            vec(field, 0..6).prop_map(|fields| {
                Value::from(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn expansion_is_stable_unique_and_in_order(layout in layouts()) {
        let Ok(seats) = layout.expand() else { return Ok(()) };
        let sent: SeatLayout = serde_json::from_value(serde_json::to_value(&layout).unwrap()).unwrap();
        prop_assert_eq!(&sent.expand(), &Ok(seats.clone()));
        let names: HashSet<_> = seats.iter().map(|seat| (&seat.section, &seat.row, &seat.label)).collect();
        prop_assert_eq!(names.len(), seats.len());
        let rows = seats.chunk_by(|one, other| (&one.section, &one.row) == (&other.section, &other.row));
        prop_assert_eq!(rows.clone().count(), layout.sections.iter().map(|section| section.rows.len()).sum::<usize>());
        for row in rows {
            prop_assert!(row.is_sorted_by(|one, other| one.position < other.position && one.block <= other.block));
            prop_assert!(row.windows(2).all(|pair| (0..=1).contains(&(pair[1].block - pair[0].block))));
        }
    }

    #[test]
    fn any_json_is_a_layout_or_an_error(json in json()) {
        if let Ok(layout) = serde_json::from_value::<SeatLayout>(json) {
            let _ = layout.expand();
        }
    }
}
