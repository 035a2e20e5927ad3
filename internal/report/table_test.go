package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func renderTable(t require.TestingT, header []string, rows [][]string, o TableOptions) string {
	var b strings.Builder
	require.NoError(t, Table(&b, header, rows, o))
	return b.String()
}

var portRows = [][]string{{"historical", "8083", "one for each Data server"}, {"druid.host", "", "a|b"}}

func TestTable(t *testing.T) {
	header := []string{"druid.name", "port", "what for"}
	tests := map[string]struct {
		options TableOptions
		want    string
	}{
		"natural": {TableOptions{Right: []int{1}}, `
┌────────────┬──────┬──────────────────────────┐
│ druid.name │ port │ what for                 │
├────────────┼──────┼──────────────────────────┤
│ historical │ 8083 │ one for each Data server │
│ druid.host │      │ a|b                      │
└────────────┴──────┴──────────────────────────┘
`},
		"narrow": {TableOptions{Width: 38}, `
┌────────────┬──────┬──────────────┐
│ druid.name │ port │ what for     │
├────────────┼──────┼──────────────┤
│ historical │ 8083 │ one for each │
│            │      │ Data server  │
│ druid.host │      │ a|b          │
└────────────┴──────┴──────────────┘
`},
		"markdown": {TableOptions{Markdown: true, Right: []int{1}}, `
| druid.name | port | what for                 |
|:-----------|-----:|:-------------------------|
| historical | 8083 | one for each Data server |
| druid.host |      | a\|b                     |
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, "\n"+renderTable(t, header, portRows, test.options))
		})
	}
}

func TestTableWithoutRows(t *testing.T) {
	require.Contains(t, renderTable(t, []string{"a", "b"}, nil, TableOptions{Width: 80}), "│ a │ b │")
}

func TestBreakCell(t *testing.T) {
	tests := map[string]struct {
		cell  string
		width int
		want  []string
	}{
		"fits":          {"one two", 7, []string{"one two"}},
		"blank":         {"one two", 5, []string{"one", "two"}},
		"comma":         {`["-Xms2g","-Xmx2g"]`, 12, []string{`["-Xms2g",`, `"-Xmx2g"]`}},
		"dot":           {"druid.processing.numThreads", 18, []string{"druid.processing.", "numThreads"}},
		"anywhere":      {"abcdefgh", 3, []string{"abc", "def", "gh"}},
		"early comma":   {"a,bcdefghi.klm", 12, []string{"a,bcdefghi.", "klm"}},
		"indent":        {"  druid.a.b", 9, []string{"  druid.", "  a.b"}},
		"deep indent":   {"      abcdef", 6, []string{"abcdef"}},
		"own lines":     {"one\ntwo three", 5, []string{"one", "two", "three"}},
		"wide runes":    {"日本日本", 5, []string{"日本", "日本"}},
		"trailing":      {"abc   ", 3, []string{"abc"}},
		"too thin":      {"日本", 1, []string{"日", "本"}},
		"blank at edge": {"abc def", 3, []string{"abc", "def"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, breakCell(test.cell, test.width))
		})
	}
}

// TestTableProperties: a table that can fit does, and no character but blanks is lost.
func TestTableProperties(t *testing.T) {
	word := rapid.StringMatching(`[a-z.,]{0,12}( [a-z.,]{1,30}){0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(word, n, n), 1, 6).Draw(t, "rows")
		width := rapid.IntRange(n*(minColumn+3)+1, 120).Draw(t, "width")
		cells := make([]string, n)
		for line := range strings.Lines(renderTable(t, rows[0], rows[1:], TableOptions{Width: width})) {
			line = strings.TrimSuffix(line, "\n")
			require.LessOrEqual(t, columns(line), width)
			if parts := strings.Split(line, "│"); len(parts) == n+2 {
				for i := range cells {
					cells[i] += parts[i+1]
				}
			}
		}
		for i := range cells {
			want := ""
			for _, row := range rows {
				want += row[i]
			}
			require.Equal(t, strings.ReplaceAll(want, " ", ""), strings.ReplaceAll(cells[i], " ", ""))
		}
	})
}

// TestFitChoosesTheShortestTable: equal shares would break three cells more.
func TestFitChoosesTheShortestTable(t *testing.T) {
	rows := [][]string{
		{"a key of exactly 30 characters", "x"},
		{"a key of exactly 30 letters...", "x"},
		{"a key of exactly 30 columns...", "a value, and then a value, and then more"},
	}
	fit(rows, 50)
	require.Equal(t, [][]string{
		{"a key of exactly 30 characters", "x"},
		{"a key of exactly 30 letters...", "x"},
		{"a key of exactly 30 columns...", "a value, and then a\nvalue, and then more"},
	}, rows)
}

// Where nothing limits the table, one cell does not make every row as wide as itself.
func TestTableUnlimited(t *testing.T) {
	rows := make([][]string, 2000)
	for i := range rows {
		rows[i] = []string{"zk", "answers"}
	}
	rows[7][1] = strings.Repeat("zk1.example:2181, ", 4000)
	for _, width := range []int{0, 80} {
		text := renderTable(t, []string{"a", "b"}, rows, TableOptions{Width: width})
		require.Less(t, len(text), 2<<20)
		require.Equal(t, 4000, strings.Count(strings.NewReplacer("\n", "", " ", "", "│", "").Replace(text), "zk1.example:2181"))
	}
}
