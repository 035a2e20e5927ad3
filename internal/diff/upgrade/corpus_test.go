package upgrade

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
)

// fact is an entry of facts/druid/renames.json.
type fact struct {
	Type, Old, Value, In string

	release schema.Release
	keys    *regexp.Regexp
}

// knownFact is an entry of facts/druid/properties.json.
type knownFact struct {
	Name, Until string
}

func sharedDir(t testing.TB) string {
	dir := os.Getenv("IMPLYCHECK_SHARED")
	if dir == "" {
		t.Skip("IMPLYCHECK_SHARED names no folder with facts and trees")
	}
	return dir
}

func readFacts[T any](t *testing.T, name string) (list []T) {
	text, err := os.ReadFile(filepath.Join(sharedDir(t), "facts", "druid", name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &list))
	return list
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+`)

// releaseOf is the last version that a text names.
func releaseOf(t *testing.T, text string) schema.Release {
	all := versionNumber.FindAllString(text, -1)
	require.NotEmpty(t, all, text)
	target, err := schema.ParseTarget(all[len(all)-1])
	require.NoError(t, err)
	return target.Release
}

// lossesOf are the facts about what upgrades lose.
func lossesOf(t *testing.T) (losses []fact) {
	for _, f := range readFacts[fact](t, "renames.json") {
		if !slices.Contains([]string{"removed", "rename", "removed_value"}, f.Type) {
			continue
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(f.Old), "<any>", ".+")
		pattern = regexp.MustCompile(`<[A-Za-z]+>`).ReplaceAllString(pattern, "[^.]+")
		f.keys, f.release = regexp.MustCompile("^"+pattern+"$"), releaseOf(t, f.In)
		losses = append(losses, f)
	}
	return losses
}

// gone reports whether the facts say that a setting is lost on the way.
func gone(losses []fact, v conf.Value, from, to schema.Release) bool {
	return slices.ContainsFunc(losses, func(f fact) bool {
		return from < f.release && f.release <= to && f.keys.MatchString(v.Key) && (f.Type != "removed_value" || v.Text == f.Value)
	})
}

func openFor(t *testing.T, dir, target string) []*conf.Tree {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &parsed})
	require.NoError(t, err)
	return trees
}

// TestRenamesAreNamed upgrades every tree of the corpus step by step: every key
// that the facts say is lost is named, and no named key is still read.
func TestRenamesAreNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	losses := lossesOf(t)
	last := map[string]string{}
	for _, p := range readFacts[knownFact](t, "properties.json") {
		last[p.Name] = p.Until
	}
	named, trees := 0, 0
	for _, form := range []string{"imply-tree", "druid-tree", "flat-tree"} {
		dirs, err := filepath.Glob(filepath.Join(sharedDir(t), "corpus", form, "*"))
		require.NoError(t, err)
		for _, dir := range dirs {
			for _, way := range [][2]string{{"0.12.3", "0.15.1"}, {"0.15.1", "25"}, {"25", "38"}, {"0.12.3", "38"}} {
				after := openFor(t, dir, way[1])
				for i, before := range openFor(t, dir, way[0]) {
					trees++
					r, err := Compare(t.Context(), before, after[i])
					require.NoError(t, err)
					named += checkNames(t, losses, last, r, before, after[i])
				}
			}
		}
	}
	require.Greater(t, trees, 150)
	t.Logf("%d lost settings named in %d upgrades", named, trees)
	require.Greater(t, named, 100)
}

func checkNames(t *testing.T, losses []fact, last map[string]string, r Report, before, after *conf.Tree) (lost int) {
	from, to := before.Target.Release, after.Target.Release
	byPlace := map[string]bool{}
	for _, i := range r.Items {
		if i.Kind == DefaultChanged || i.Kind == TypeChanged {
			continue
		}
		byPlace[i.File+":"+strconv.Itoa(i.Line)] = true
		if i.Kind != Removed && i.Kind != Renamed {
			continue
		}
		p, known := schema.Lookup(inner(i.Property))
		require.True(t, known, i.Property)
		require.False(t, p.Releases.Has(to), "%s is still read by %s, %s", i.Property, to, i.File)
		if until, ok := last[i.Property]; ok {
			require.NotEmpty(t, until, "the facts say that %s is still read", i.Property)
			require.Less(t, releaseOf(t, until), to, i.Property)
		}
	}
	for _, f := range before.Files {
		for _, v := range f.Values(before) {
			if _, _, stock := f.At(v.Span); stock {
				continue // the new image has its own
			}
			if strings.HasPrefix(inner(v.Key), "druid.") && gone(losses, v, from, to) {
				lost++
				if !byPlace[f.Path+":"+strconv.Itoa(v.Span.Start.Line)] {
					t.Errorf("%s -> %s: %s:%d: %s=%s is lost, and not named", from, to, f.Path, v.Span.Start.Line, v.Key, before.Masker().Value(v.Key, v.Text))
				}
			}
		}
	}
	return lost
}
