package report

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

func TestFormatsAreSortedAndComplete(t *testing.T) {
	require.True(t, slices.IsSortedFunc(Formats, func(a, b Named[Format]) int { return strings.Compare(a.Name, b.Name) }))
	for _, f := range Formats {
		require.NotEmpty(t, f.Doc, f.Name)
		require.NotNil(t, f.Write, f.Name)
	}
}

func TestLookup(t *testing.T) {
	for _, f := range Formats {
		format, err := Lookup(f.Name)
		require.NoError(t, err)
		require.NotNil(t, format)
	}
	all := strings.Join(Names(), ", ")
	tests := map[string]string{
		"JSON":  `unknown format "JSON": did you mean json? the formats are ` + all,
		"jsno":  `unknown format "jsno": did you mean json? the formats are ` + all,
		"txt":   `unknown format "txt": did you mean text? the formats are ` + all,
		"texts": `unknown format "texts": did you mean text? the formats are ` + all,
		"":      `unknown format "": the formats are ` + all,
		"csv":   `unknown format "csv": the formats are ` + all,
	}
	for name, want := range tests {
		_, err := Lookup(name)
		require.EqualError(t, err, want)
	}
}

var errDiskFull = errors.New("disk full")

// fullDisk takes some bytes and then fails.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		return d.room, errDiskFull
	}
	d.room -= len(p)
	return len(p), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	for _, f := range Formats {
		for _, room := range []int{0, 5000} {
			require.ErrorIs(t, f.Write(&fullDisk{room}, many(1000), Options{}), errDiskFull, f.Name)
		}
	}
}

// TestFormatsShareNothing runs every format at the same time with colours on
// and off; the race detector and the outputs tell whether they disturb each other.
func TestFormatsShareNothing(t *testing.T) {
	r := cluster()
	var wait sync.WaitGroup
	for _, f := range Formats {
		for _, color := range []bool{true, false} {
			options := Options{Color: color, Width: 80}
			want := render(t, f.Write, r, options)
			for range 4 {
				wait.Go(func() {
					var b strings.Builder
					if err := f.Write(&b, r, options); err != nil || b.String() != want {
						t.Errorf("%s with color %v came out different: %v", f.Name, color, err)
					}
				})
			}
		}
	}
	wait.Wait()
}

// TestColorIgnoresTheEnvironment: the caller has decided already.
func TestColorIgnoresTheEnvironment(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	require.Contains(t, render(t, Text, cluster(), Options{Color: true}), "\x1b[")
	require.NotContains(t, render(t, Text, cluster(), Options{}), "\x1b[")
}

func TestReportIsLeftAlone(t *testing.T) {
	r, same := cluster(), cluster()
	r.Trees[0].Services, same.Trees[0].Services = nil, nil
	r.Findings[1].Fix, same.Findings[1].Fix = &finding.Fix{}, &finding.Fix{}
	for _, f := range Formats {
		render(t, f.Write, r, Options{Quiet: true, Width: 60})
		require.Equal(t, same, r, f.Name)
	}
}

// many repeats the findings of cluster.
func many(n int) *finding.Report {
	r := cluster()
	all := make([]finding.Finding, 0, n)
	for len(all) < n {
		all = append(all, r.Findings...)
	}
	r.Findings = all[:n]
	return r
}

func BenchmarkFormats(b *testing.B) {
	const findings = 50_000
	r := many(findings)
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Write(discard{}, r, Options{Color: true, Width: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// discard hides io.Discard's shortcuts from bufio.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
