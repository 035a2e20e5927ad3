package mask_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/text/mask"
)

// Columns of a stretch of a line, before and after a secret is hidden.
func TestColumn(t *testing.T) {
	for _, c := range []struct {
		before, after string
		from, to      int
		column, end   int
	}{
		{"a=b", "a=b", 2, 3, 2, 3},
		{"k=hunter22 x", "k=**** x", 1, 2, 1, 2},         // before it
		{"k=hunter22 x", "k=**** x", 12, 13, 8, 9},       // behind it
		{"k=hunter22 x", "k=**** x", 3, 11, 3, 7},        // all of it
		{"k=hunter22 x", "k=**** x", 5, 7, 3, 7},         // a part of it
		{"k=hunter22 x", "k=**** x", 1, 13, 1, 9},        // all around it
		{"k=pw x", "k=**** x", 6, 7, 8, 9},               // shorter than what stands for it
		{"k=hunter22", "k=****", 11, 11, 7, 7},           // the end
		{"k=hunter22", "k=****", 13, 14, 9, 10},          // beyond it
		{"é=hünter x", "é=**** x", 10, 11, 8, 9},         // runes, not bytes
		{"a=one b=two c", "a=**** b=**** c", 7, 8, 8, 9}, // between two
		{"a=one b=two c", "a=**** b=**** c", 13, 14, 15, 16},
		{"a=**** b=two c", "a=**** b=**** c", 14, 15, 15, 16}, // hidden in two steps
		{"k=hunter22 x", "else", 12, 13, 12, 13},
		{"k=hunter22 x", "k=**** x", 0, 0, 0, 0}, // none
	} {
		got := [2]int{mask.Column(c.before, c.after, c.from, false), mask.Column(c.before, c.after, c.to, true)}
		require.Equal(t, [2]int{c.column, c.end}, got, "%+v", c)
	}
}

// Each moves the columns of a text with it.
func TestEachMovesColumns(t *testing.T) {
	type line struct {
		Text   string
		Column int
		Begin  int `mask:"from=Text"`
		End    int `mask:"to=Text"`
	}
	hide := mask.New(nil, "hunter22").Known
	got := mask.Each([]line{{"k=hunter22 x", 12, 12, 13}, {Text: "plain", Begin: 2, End: 3}, {Text: "k=hunter22"}}, hide)
	require.Equal(t, []line{{"k=**** x", 12, 8, 9}, {Text: "plain", Begin: 2, End: 3}, {Text: "k=****"}}, got)
}
