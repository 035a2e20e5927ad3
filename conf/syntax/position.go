package syntax

// Position is a place in a file. Offset counts bytes from 0; Line and Column
// count from 1, Column in runes, as people and editors count them.
type Position struct {
	Offset int
	Line   int
	Column int
}

// Span is a stretch of a file: Start is its first character, End the one after
// its last.
type Span struct {
	Start Position
	End   Position
}
