//! Seats drawn as text, one row a string: `.` free, `w` free and accessible, `r` free with
//! restricted view, `x` sold, `h` held, `b` blocked, `_` no seat, `|` an aisle. `=` begins another
//! section. In the answer `O` is what was chosen.

use std::fmt;

use super::super::{
    Choice, EventSeat, LayoutRow, LayoutSection, RowNumbering, Seat, SeatLayout, SeatRequest, SeatState, choose,
    strands_single,
};

pub struct Picture {
    rows: Vec<String>,
    seats: Vec<Seat>,
    states: Vec<SeatState>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(formatter)
    }
}

impl Picture {
    pub fn of<S: AsRef<str>>(rows: &[S]) -> Self {
        let rows: Vec<String> = rows.iter().map(|row| row.as_ref().to_owned()).collect();
        let sections = rows.split(|row| row == "=").enumerate();
        let sections = sections.map(|(index, rows)| LayoutSection {
            name: format!("section {}", index + 1),
            area: if index == 0 { "stalls".to_owned() } else { "balcony".to_owned() },
            rank: None,
            quality_base: None,
            rows: rows.iter().zip(1..).map(|(row, number)| layout_row(row, number)).collect(),
        });
        let seats = SeatLayout { sections: sections.collect() }.expand().unwrap();
        let states = rows.iter().flat_map(|row| row.chars()).filter_map(state).collect();
        Self { rows, seats, states }
    }

    pub fn event_seats(&self) -> Vec<EventSeat<'_>> {
        assert_eq!(self.seats.len(), self.states.len());
        self.seats.iter().zip(&self.states).map(|(seat, state)| EventSeat { seat, state: *state }).collect()
    }

    pub fn choose(&self, request: &SeatRequest, attempt: usize) -> Option<Choice> {
        choose(&self.event_seats(), request, attempt).unwrap()
    }

    /// The picture with the chosen seats marked.
    pub fn with(&self, chosen: &[usize]) -> Vec<String> {
        let mut next = 0;
        let mut mark = |character: char| {
            let index = next;
            next += usize::from(state(character).is_some());
            let is_chosen = state(character).is_some() && chosen.contains(&index);
            if is_chosen { 'O' } else { character }
        };
        self.rows.iter().map(|row| row.chars().map(&mut mark).collect()).collect()
    }
}

fn layout_row(row: &str, number: usize) -> LayoutRow {
    let places: Vec<char> = row.chars().filter(|character| *character != '|').collect();
    let labels_of = |wanted: char| {
        let listed = places.iter().zip(1..).filter(|(character, _)| **character == wanted);
        listed.map(|(_, label)| label.to_string()).collect()
    };
    let mut aisle_right_of = Vec::new();
    let mut label = 0;
    for character in row.chars() {
        if character == '|' {
            aisle_right_of.push(label.to_string());
        } else {
            label += 1;
        }
    }
    let count = i32::try_from(places.len()).unwrap();
    LayoutRow {
        name: number.to_string(),
        numbered: Some(RowNumbering { count, first: None, step: None, direction: None }),
        labels: None,
        missing: labels_of('_'),
        aisle_right_of,
        accessible: labels_of('w'),
        restricted_view: labels_of('r'),
    }
}

fn state(character: char) -> Option<SeatState> {
    match character {
        '.' | 'w' | 'r' => Some(SeatState::Available),
        'x' => Some(SeatState::Sold),
        'h' => Some(SeatState::Held),
        'b' => Some(SeatState::Blocked),
        '_' | '|' | '=' => None,
        _ => panic!("{character} means nothing"),
    }
}

/// A request without filters.
pub fn request(quantity: usize) -> SeatRequest {
    SeatRequest {
        quantity: i32::try_from(quantity).unwrap(),
        section: None,
        area: None,
        accessible: None,
        restricted_view: None,
        together: None,
    }
}

/// The rows with the best `quantity` seats marked, empty when there are none.
pub fn best(rows: &[&str], quantity: usize) -> Vec<String> {
    best_for(rows, &request(quantity))
}

/// The rows with the best seats for the request marked, empty when there are none.
pub fn best_for(rows: &[&str], request: &SeatRequest) -> Vec<String> {
    let picture = Picture::of(rows);
    picture.choose(request, 0).map(|choice| picture.with(&choice.indices)).unwrap_or_default()
}

/// The label of the seat that the marked choice leaves single, as (row, label).
pub fn stranded(rows: &[&str]) -> Option<(String, String)> {
    let free: Vec<String> = rows.iter().map(|row| row.replace('O', ".")).collect();
    let picture = Picture::of(&free);
    let marked = rows.iter().flat_map(|row| row.chars()).filter(|character| !"_|=".contains(*character)).enumerate();
    let chosen: Vec<usize> = marked.filter(|(_, character)| *character == 'O').map(|(index, _)| index).collect();
    strands_single(&picture.event_seats(), &chosen).map(|seat| (seat.row.clone(), seat.label.clone()))
}
