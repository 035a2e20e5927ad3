package schema_test

import (
	"slices"
	"testing"

	"github.com/implycheck/implycheck/schema"
)

func TestJavaOptions(t *testing.T) {
	for _, c := range []struct {
		name    string
		refused []int
	}{
		{"MaxDirectMemorySize", nil},
		{"UseConcMarkSweepGC", []int{17, 21, 25}},
		{"UseZGC", []int{8}},
		{"UseParNewGC", []int{11, 17, 21, 25}},
		{"FlightRecorder", nil}, // Oracle had it in 8, too
	} {
		option, ok := schema.LookupJavaOption(c.name)
		if !ok {
			t.Fatalf("%s is not listed", c.name)
		}
		for _, v := range []int{8, 11, 17, 21, 25} {
			if got, want := option.RefusedBy(v), slices.Contains(c.refused, v); got != want {
				t.Errorf("Java %d refuses %s: %v, want %v", v, c.name, got, want)
			}
		}
	}
	if _, ok := schema.LookupJavaOption("MaxDirectMemory"); ok {
		t.Error("a part of a name is taken for one")
	}
	if names := schema.JavaOptionNames(); !slices.IsSorted(names) || len(slices.Compact(names)) != len(schema.JavaOptionNames()) {
		t.Error("javaoptions.txt is not sorted, each name once")
	}
	for _, name := range schema.JavaOptionNames() {
		if _, ok := schema.LookupJavaOption(name); !ok {
			t.Errorf("%s is listed and not found", name)
		}
	}
}

// Between two versions that were asked, what only one of them knows is given the
// benefit of the doubt.
func TestJavaOptionsBetweenVersions(t *testing.T) {
	cms, _ := schema.LookupJavaOption("UseConcMarkSweepGC")
	if cms.RefusedBy(13) || !cms.RefusedBy(18) || !cms.RefusedBy(30) || cms.RefusedBy(9) {
		t.Error("versions between and beyond the listed ones")
	}
}
