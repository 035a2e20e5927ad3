package conf

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text/mask"
)

// A file of 4 MiB is read, and one of a byte more is not; on a disk and in an
// archive alike.
func TestLargestFile(t *testing.T) {
	const name = "conf/druid/broker/runtime.properties"
	for _, more := range []int{0, 1} {
		text := strings.Repeat("#"+strings.Repeat("x", 1022)+"\n", maxFile>>10) + strings.Repeat("\n", more)
		require.Len(t, text, 4<<20+more)
		files := map[string]string{name: text}
		dir := write(t, files)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a.tar"), plainTar(t, files), 0o600))
		for _, path := range []string{"conf", "a.tar"} {
			trees, err := Open(t.Context(), filepath.Join(dir, path), Options{})
			require.NoError(t, err, path)
			got := trees[0].Files[0].Problem
			require.Equal(t, more > 0, strings.Contains(got, "larger than 4 MiB"), "%s: %s", path, got)
		}
	}
}

func plainTar(t *testing.T, files map[string]string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o644}))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// What would be unpacked outside, or on no disk at all, is not read: 255 bytes are
// NAME_MAX of Linux.
func TestRefusedNames(t *testing.T) {
	for name, want := range map[string]string{
		"conf/druid/broker/jvm.config": "", "..a/jvm.config": "", "a:b": "outside", "C:/x": "outside", "c": "", ":x": "", "/etc/x": "outside", "..": "outside", "../x": "outside",
		strings.Repeat("d/", maxFolders) + "x": "", strings.Repeat("d/", maxFolders+1) + "x": "deeper",
		strings.Repeat("n", 255): "", "d/" + strings.Repeat("n", 256): "no disk", "a\x00b": "no disk",
	} {
		got := refused(name)
		require.Equal(t, want == "", got == "", "%.30q: %s", name, got)
		require.Contains(t, got, want)
	}
	require.Equal(t, strings.Repeat("n", 200), shortened(strings.Repeat("n", 200)))
	require.Equal(t, strings.Repeat("a", 100)+"..."+strings.Repeat("b", 100), shortened(strings.Repeat("a", 150)+strings.Repeat("b", 150)))
}

// Of two members of one name the last one counts, as tar unpacks them, and somebody
// hears of it.
func TestMemberTwice(t *testing.T) {
	const name = "conf/druid/broker/runtime.properties"
	first, last := plainTar(t, map[string]string{name: "druid.port=1\n"}), plainTar(t, map[string]string{name: "druid.port=2\n"})
	file := filepath.Join(t.TempDir(), "a.tar")
	require.NoError(t, os.WriteFile(file, append(first[:1024], last...), 0o600)) // a header, its data, and the end left out
	trees, err := Open(t.Context(), file, Options{})
	require.NoError(t, err)
	require.Equal(t, "2", trees[0].Services[0].Get("druid.port").Text)
	require.Len(t, trees[0].Problems, 1)
	require.Contains(t, trees[0].Problems[0].Message, "more than once")
}

// TestMaskerOfLines: a password that is an ordinary word is hidden in what is said of
// its own lines, and stays a word elsewhere.
func TestMaskerOfLines(t *testing.T) {
	tree := openAs(t, "druid-28", map[string]string{brokerFile: "druid.a=broker\ndruid.metadata.storage.connector.password=broker\ndruid.b=broker\n"})
	f := tree.Services[0].Runtime
	says := func(first, last int) string {
		return tree.MaskerAt(tree.Masker(), f.Path, first, last).Text("of the broker")
	}
	require.Equal(t, "of the broker", says(1, 1))
	require.Equal(t, "of the "+mask.Text, says(2, 2))
	require.Equal(t, "of the broker", says(3, 3))
	require.Equal(t, "of the "+mask.Text, says(1, 3))
	require.Equal(t, "of the "+mask.Text, says(2, 0), "no last line: the first alone")
	require.Equal(t, "of the broker", says(0, 3), "no place")
	require.Equal(t, "of the broker", tree.MaskerAt(tree.Masker(), "nowhere", 2, 2).Text("of the broker"))
	require.Equal(t, "druid.a=broker", f.MaskedLine(1))
	require.Equal(t, "druid.metadata.storage.connector.password="+mask.Text, f.MaskedLine(2))
	require.Equal(t, "druid.b=broker", f.MaskedLine(3))
}

// TestMounted has folders that two containers of a Compose file share.
func TestMounted(t *testing.T) {
	compose := `services:
  a:
    volumes:
      - data:/opt/shared
      - own_a:/opt/druid/var
      - "./logs:/opt/logs:rw"
      - type: volume
        source: long
        target: /opt/long
  b:
    volumes:
      - data:/opt/shared/
      - own_b:/opt/druid/var
      - ./logs:/opt/logs
      - type: volume
        source: long
        target: /opt/long
  c:
    volumes: [data:/opt/other]
`
	s := &surroundings{}
	s.noteMounts("x/compose.yml", []byte(compose))
	s.noteMounts("x/compose.txt", []byte(strings.ReplaceAll(compose, "/opt", "/text")))
	require.Equal(t, []string{"/opt/shared", "/opt/logs", "/opt/long"}, s.shared)
	tree := &Tree{around: s}
	for folder, want := range map[string]bool{
		"/opt/shared": true, "/opt/shared/segments/": true, "/opt/shared2": false, "/opt": false, "/opt/druid/var": false, "/opt/other": false, "shared/segments": true, "shared": true, "var/shared": false,
	} {
		require.Equal(t, want, tree.Mounted(folder), folder)
	}
	require.False(t, (&Tree{}).Mounted("/opt/shared"))
}

// TestBranches: of two lines with one key in a template, one in a branch of its own,
// nobody knows which one the file will have.
func TestBranches(t *testing.T) {
	for text, known := range map[string]bool{
		"druid.port=1\ndruid.port=2\n":                                         true,
		"{% if x %}\ndruid.port=1\n{% else %}\ndruid.port=2\n{% endif %}\n":    false,
		"{% if x %}\ndruid.port=1\n{% else %}\ndruid.port=1\n{% endif %}\n":    true,
		"{% if x %}\ndruid.port=1\ndruid.port=2\n{% endif %}\n":                true,
		"druid.port=1\n{% if x %}\ndruid.port=2\n{% endif %}\ndruid.a={{b}}\n": false,
	} {
		tree := openAs(t, "druid-28", map[string]string{"conf/druid/broker/runtime.properties.j2": text})
		require.Equal(t, known, tree.Services[0].Get("druid.port").Known(), text)
	}
}

// TestTooMuchInATemplate: a template is bounded as any file is, in its values and its
// lines.
func TestTooMuchInATemplate(t *testing.T) {
	const name = "conf/druid/broker/runtime.properties"
	for text, want := range map[string]string{
		"druid.x=[" + strings.Repeat("1,", syntax.MaxValues) + "1]\n": "more values than any configuration file has",
		strings.Repeat("\n", maxLines+1):                              "more than 50000 lines",
		strings.Repeat("\r\n", maxLines-1):                            "",
	} {
		for ending, first := range map[string]string{"": "", ".j2": "druid.a={{ x }}\n"} {
			tree := openAs(t, "druid-28", map[string]string{"conf/druid/router/runtime.properties": "", name + ending: first + text})
			for _, f := range tree.Files {
				if strings.Contains(f.Path, "broker") {
					require.Equal(t, want == "", f.Problem == "", f.Problem)
					require.Contains(t, f.Problem, want)
				}
			}
		}
	}
}
