package lsp

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint"
)

// pieces are what a random edit writes.
var pieces = []string{
	"druid.", "=", "\n", "\r\n", "\r", "\\", "\\\n", "#", "x", " ", "0", "9", "-Xmx1g\n", "druid.processing.numThread=3\n", "ü", "𝒳", "\u2028", "\ufeff",
	"# implycheck:ignore prop-unknown -- meant\n", "\"", "[", "\\u00e4", "\\u00", "\x00", "druid.processing.buffer.sizeBytes=1073741824\n", "-Ddruid.port=1 ", "${X}", "",
}

// edit makes a random change of a text, in the units of the protocol.
func edit(r *rand.Rand, text string) (change, string) {
	var offsets []int // of characters, in bytes
	for i := range text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(text))
	from := offsets[r.IntN(len(offsets))]
	to := from
	if r.IntN(2) == 0 {
		to = offsets[min(slices.Index(offsets, from)+r.IntN(30), len(offsets)-1)]
	}
	// Nobody's cursor is between CR and LF.
	if from > 0 && text[from-1] == '\r' && from < len(text) && text[from] == '\n' {
		from--
	}
	if to > 0 && text[to-1] == '\r' && to < len(text) && text[to] == '\n' {
		to++
	}
	piece := pieces[r.IntN(len(pieces))]
	return change{&textRange{unitsAt(text, from), unitsAt(text, to)}, piece}, text[:from] + piece + text[to:]
}

// unitsAt is the position of a byte, counted as an editor does and not as we do.
func unitsAt(text string, offset int) (p position) {
	before := strings.ReplaceAll(strings.ReplaceAll(text[:offset], "\r\n", "\n"), "\r", "\n")
	p.Line = strings.Count(before, "\n")
	p.Character = len(utf16.Encode([]rune(before[strings.LastIndexByte(before, '\n')+1:])))
	return p
}

// TestEditsAgainstLint: whatever is typed, what the editor shows is what lint says
// of the same files on the disk.
func TestEditsAgainstLint(t *testing.T) {
	for name, archive := range map[string]string{"conf": cluster, "forms": forms, "two": cluster + forms} {
		t.Run(name, func(t *testing.T) { editAll(t, archive, Options{Lint: imply(), longRun: time.Hour}) })
	}
	t.Run("tree by tree", func(t *testing.T) { editAll(t, cluster+forms, Options{Lint: imply(), longRun: 1}) })
}

// forms are a Compose file with the file of its variables, and a ConfigMap.
const forms = `
-- docker/docker-compose.yml --
services:
  broker:
    image: apache/druid:33.0.0
    command: broker
    env_file: environment
    environment:
      - druid_processing_numThreads=3
  historical:
    image: apache/druid:33.0.0
    command: historical
    env_file: environment
-- docker/environment --
druid_zk_service_host=zookeeper
druid_processing_numThread=2
DRUID_XMX=1g
-- k8s/druid.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: druid-broker-config
data:
  runtime.properties: |
    druid.service=druid/broker
    druid.processing.numThread=3
  jvm.config: |
    -Xmx1g
`

func editAll(t *testing.T, archive string, o Options) {
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	seed := uint64(17)
	if given, err := strconv.ParseUint(os.Getenv("IMPLYCHECK_SEED"), 10, 64); err == nil {
		seed = given
	}
	r := rand.New(rand.NewPCG(seed, 3))
	dir := lay(t, archive)
	files := map[string]string{}
	c := newClientOf(t, o)
	c.initialize(dir)
	require.NoError(t, filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			data, _ := os.ReadFile(name)
			files[name] = string(data)
			c.open(name, 1, string(data))
		}
		return err
	}))
	original := maps.Clone(files)
	names := slices.Sorted(maps.Keys(files))
	version := 1
	for round := range rounds {
		name := names[r.IntN(len(names))]
		version++
		var changes []change
		if r.IntN(5) == 0 { // or soon nothing is left that is a configuration
			changes, files[name] = []change{{nil, original[name]}}, original[name]
		}
		for range 1 + r.IntN(4) {
			one, text := edit(r, files[name])
			changes, files[name] = append(changes, one), text
		}
		c.change(name, version, changes...)
		if r.IntN(3) > 0 {
			continue // some follow at once
		}
		c.at(name, version)
		var symbols []documentSymbol // whose answer comes behind all diagnostics
		c.call("textDocument/documentSymbol", documentParams{TextDocument: textDocument{URI: uriOf(name)}}, &symbols)
		want := onDisk(t, dir, files)
		if o.longRun < time.Hour { // the rest of the unit follows
			c.until(fmt.Sprintf("what lint says in round %d", round), func() bool { return reflect.DeepEqual(want, c.shownNow(names)) })
			continue
		}
		require.Equal(t, want, c.shown(names), "round %d", round)
	}
}

// shown are the diagnostics of some files.
func (c *client) shown(names []string) map[string][]string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.shownNow(names)
}

// shownNow wants the mutex to be held.
func (c *client) shownNow(names []string) map[string][]string {
	shown := map[string][]string{}
	for _, name := range names {
		for _, d := range c.diagnostics[name].Diagnostics {
			shown[filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)] = append(shown[filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name)],
				fmt.Sprintf("%d:%d-%d:%d %s %d %s", d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Line, d.Range.End.Character, d.Code, d.Severity, d.Message))
		}
	}
	return shown
}

// onDisk is what lint says of the texts when they are written to another folder, with
// columns counted by an editor.
func onDisk(t *testing.T, dir string, files map[string]string) map[string][]string {
	other, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range files {
		rel, err := filepath.Rel(dir, name)
		require.NoError(t, err)
		to := filepath.Join(other, rel)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, []byte(text), 0o644))
	}
	o := imply()
	o.Paths, o.EachPlace, o.ByFile = []string{other}, true, true
	report, err := lint.Run(t.Context(), o)
	if errors.Is(err, conf.ErrNoConfiguration) {
		report = &finding.Report{}
	} else {
		require.NoError(t, err)
	}
	shown := map[string][]string{}
	for _, f := range report.Findings {
		rel, err := filepath.Rel(other, f.File)
		require.NoError(t, err)
		text := files[filepath.Join(dir, rel)]
		from, to := byHand(text, f.Line, f.Column), byHand(text, f.EndLine, f.EndColumn)
		message := f.Message
		for _, more := range []string{f.Effect, f.Help} {
			if more != "" {
				message += "\n" + more
			}
		}
		base := filepath.Base(filepath.Dir(rel)) + "/" + filepath.Base(rel)
		shown[base] = append(shown[base], strings.ReplaceAll(fmt.Sprintf("%d:%d-%d:%d %s %d %s",
			from.Line, from.Character, to.Line, to.Character, f.Rule, 4-int(f.Severity), message), other, dir))
	}
	return shown
}

// byHand counts the units before a place of a finding.
func byHand(text string, line, column int) (p position) {
	if line == 0 {
		return p
	}
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	runes := []rune(lines[line-1])
	return position{line - 1, len(utf16.Encode(runes[:min(column-1, len(runes))]))}
}

// TestMemory: what ten thousand edits leave behind is not much.
func TestMemory(t *testing.T) {
	const edits = 10_000
	if testing.Short() {
		t.Skip("10,000 edits take some seconds")
	}
	dir := lay(t, cluster)
	name := filepath.Join(dir, brokerFile)
	c := newClient(t, imply())
	c.initialize(dir)
	c.open(name, 1, "druid.service=druid/broker\n")
	alive := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var before uint64
	for n := range edits {
		c.change(name, n+2, change{&textRange{position{0, 0}, position{0, n % 2}}, [...]string{"x", ""}[n%2]})
		if n%10 == 0 {
			c.at(name, n+2)
		}
		if n == 1000 {
			before = alive()
		}
	}
	c.at(name, edits+1)
	require.Less(t, int64(alive())-int64(before), int64(4<<20))
}

// BenchmarkKeystroke is the time from a change to its diagnostics, and BenchmarkFirst
// that from the start of a server to the first ones.
func BenchmarkKeystroke(b *testing.B) {
	c, name := benched(b)
	n := 1
	for b.Loop() {
		n++
		c.change(name, n, change{&textRange{position{0, 0}, position{0, n % 2}}, [...]string{"", "x"}[n%2]})
		c.at(name, n)
	}
}

func BenchmarkFirst(b *testing.B) {
	for b.Loop() {
		benched(b)
	}
}

func benched(b *testing.B) (*client, string) {
	dir, err := filepath.Abs("../../testdata/demo")
	require.NoError(b, err)
	name := filepath.Join(dir, "conf/druid/broker/runtime.properties")
	data, err := os.ReadFile(name)
	require.NoError(b, err)
	c := newClient(b, lint.Options{})
	c.initialize(dir)
	c.open(name, 1, string(data))
	c.at(name, 1)
	return c, name
}
