package rules

import (
	"testing"

	"github.com/implycheck/implycheck/conf"
)

// BenchmarkLint reads and lints the base tree, as one of a fleet.
func BenchmarkLint(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		trees, err := conf.Open(b.Context(), "testdata/base/conf", conf.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, t := range trees {
			if _, err := Lint(b.Context(), t, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkOpen reads the tree alone.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conf.Open(b.Context(), "testdata/base/conf", conf.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
