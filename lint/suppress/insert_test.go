package suppress_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/lint/suppress"
)

// TestInsertion: the comment has the form of the file, and is none where it would be
// text, or where there are no comments.
func TestInsertion(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		line       int
		want       string
	}{
		"properties":      {"druid/broker/runtime.properties", "a=1\n druid.x=1\n", 2, "a=1\n # implycheck:ignore a-b -- why\n druid.x=1\n"},
		"several lines":   {"druid/broker/runtime.properties", "druid.x=\\\r\n  1\r\n", 2, "# implycheck:ignore a-b -- why\r\ndruid.x=\\\r\n  1\r\n"},
		"after a comment": {"druid/broker/runtime.properties", "# implycheck:ignore c-d -- x\ndruid.x=1\n", 2, "# implycheck:ignore c-d -- x\n# implycheck:ignore a-b -- why\ndruid.x=1\n"},
		"the last line":   {"druid/broker/runtime.properties", "druid.x=1", 1, "# implycheck:ignore a-b -- why\ndruid.x=1"},
		"jvm":             {"druid/broker/jvm.config", "-Xmx1g\n", 1, ""},
		"supervise":       {"supervise/all.conf", ":verify bin/verify-java\n", 1, "# implycheck:ignore a-b -- why\n:verify bin/verify-java\n"},
		"xml":             {"druid/_common/core-site.xml", "<configuration>\n  <property/>\n</configuration>\n", 2, "<configuration>\n  <!-- implycheck:ignore a-b: why -->\n  <property/>\n</configuration>\n"},
		"within a tag":    {"druid/_common/core-site.xml", "<configuration\n  a='b'>\n</configuration>\n", 2, ""},
		"before xml":      {"druid/_common/core-site.xml", "<?xml version='1.0'?>\n<configuration/>\n", 1, ""},
		"behind the end":  {"druid/broker/runtime.properties", "druid.x=1\n", 9, ""},
		"nowhere":         {"druid/broker/runtime.properties", "druid.x=1\n", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n", c.file: c.text} {
				full := filepath.Join(dir, file)
				require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
				require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
			}
			trees, err := conf.Open(t.Context(), dir, conf.Options{})
			require.NoError(t, err)
			for _, f := range trees[0].Files {
				if filepath.Base(f.Path) != filepath.Base(c.file) {
					continue
				}
				offset, text, ok := suppress.Insertion(f, c.line, "a-b", "why")
				require.Equal(t, c.want != "", ok, text)
				if ok {
					require.Equal(t, c.want, c.text[:offset]+text+c.text[offset:])
				}
				return
			}
			t.Fatal("the file is not read")
		})
	}
}
