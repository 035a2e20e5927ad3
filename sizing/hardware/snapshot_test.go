package hardware_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/sizing/hardware"
)

// snapshots are copies of /proc and /sys, cut to what is read, in the kernel's
// own formats. Their heads say why they want what they want. "a -> b" in a name
// is a symbolic link, and "cpu{0-7}" stands for eight files.
func snapshots(t *testing.T) []string {
	if runtime.GOOS != "linux" {
		t.Skip("ghw reads copies of Linux on Linux only")
	}
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 16)
	return files
}

// unpack writes a snapshot to a folder and returns what it wants.
func unpack(t *testing.T, file, root string) (want, facts []string) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			continue
		case "facts":
			facts = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			continue
		}
		name, target, isLink := strings.Cut(f.Name, " -> ")
		for _, name := range expand(name) {
			full := filepath.Join(root, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
			if isLink {
				require.NoError(t, os.Symlink(target, full))
			} else {
				require.NoError(t, os.WriteFile(full, f.Data, 0o644))
			}
		}
	}
	return want, facts
}

var aRange = regexp.MustCompile(`\{(\d+)-(\d+)\}`)

func expand(name string) []string {
	found := aRange.FindStringSubmatch(name)
	if found == nil {
		return []string{name}
	}
	first, _ := strconv.Atoi(found[1])
	last, _ := strconv.Atoi(found[2])
	var names []string
	for i := first; i <= last; i++ {
		names = append(names, aRange.ReplaceAllString(name, strconv.Itoa(i)))
	}
	return names
}

func TestSnapshots(t *testing.T) {
	for _, file := range snapshots(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			root := t.TempDir()
			want, facts := unpack(t, file, root)
			host, err := hardware.Detect(root)
			require.NoError(t, err)
			assert.Equal(t, want, lines(host))
			var seen []string
			for _, f := range host.Facts {
				seen = append(seen, f.Name+" | "+f.Value+" | "+f.From)
				_, err := os.Stat(filepath.Join(root, f.From))
				assert.NoError(t, err, "%s is said to come from a file that is not there", f.Name)
			}
			assert.Subset(t, seen, facts)
		})
	}
}

// lines writes a machine as the snapshots do.
func lines(host hardware.Host) []string {
	orDash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	list := []string{fmt.Sprintf("cores %d", host.Machine.Cores), fmt.Sprintf("memory %d", host.Machine.Memory)}
	for _, d := range host.Machine.Disks {
		list = append(list, fmt.Sprintf("disk %d %s %s", d.Size, orDash(d.Kind), orDash(d.Mount)))
		if d.Used > 0 {
			list = append(list, fmt.Sprintf("used %d", d.Used))
		}
	}
	return list
}

func TestNothingToRead(t *testing.T) {
	_, err := hardware.Detect(t.TempDir())
	assert.ErrorContains(t, err, "--cores and --memory, or --instance")
}

// What is left out is told from what counts, and a part of a core is kept.
func TestSummary(t *testing.T) {
	root := t.TempDir()
	unpack(t, "testdata/kubernetes-limits.txtar", root)
	host, err := hardware.Detect(root)
	require.NoError(t, err)
	require.EqualValues(t, 3500, host.Machine.CPU)
	summary := host.Summary()
	require.Equal(t, "Seen of this machine: 3500m of CPU, 4 cores for Java, 16 GiB, 1 x 1.9 TB nvme-ssd.", summary[0])
	require.Contains(t, summary[1], "Left out: memory throttle (above 14.3 GiB the kernel slows the processes down; not applied); disk nvme0n1p1 (")
}

// A statfs that nobody wrote so is no answer.
func TestStatfsNonsense(t *testing.T) {
	for _, text := range []string{"", "/ many few", "/ 10 20", "/ 10", "/other 20 10"} {
		root := t.TempDir()
		unpack(t, "testdata/kvm-one-disk.txtar", root)
		require.NoError(t, os.WriteFile(filepath.Join(root, "statfs"), []byte(text), 0o644))
		host, err := hardware.Detect(root)
		require.NoError(t, err)
		require.Zero(t, host.Machine.Disks[0].Used, text)
	}
}
