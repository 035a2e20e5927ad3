package web

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func uploads(files map[string]string) (list []Upload) {
	for name, text := range files {
		list = append(list, Upload{name, int64(len(text)), strings.NewReader(text)})
	}
	return list
}

func TestNewFS(t *testing.T) {
	files := NewFS(uploads(map[string]string{
		"conf/druid/broker/runtime.properties": "a", "conf/druid/_common/common.runtime.properties": "b", "../../up": "c", "/top": "d", "conf/empty": "",
		"": "none", "a\xff": "none", "..": "none",
	}))
	require.NoError(t, fstest.TestFS(files, "conf/druid/broker/runtime.properties", "conf/druid/_common/common.runtime.properties", "up", "top", "conf/empty"))
	_, err := files.Open("a\xff")
	require.Error(t, err)
}

// Of what cannot be on one disk, something is there and nothing breaks.
func TestNewFSContradicts(t *testing.T) {
	text := func(s string) Upload { return Upload{"", int64(len(s)), strings.NewReader(s)} }
	list := []Upload{text("one"), text("in"), text("two"), text("file")}
	for i, name := range []string{"a", "a/b", "a", "c/d"} {
		list[i].Path = name
	}
	over := text("folder")
	over.Path = "c"
	files := NewFS(append(list, over))
	require.NoError(t, fstest.TestFS(files, "a", "c/d"))
	data := make([]byte, 3)
	f, err := files.Open("a")
	require.NoError(t, err)
	_, err = f.Read(data)
	require.NoError(t, err)
	require.Equal(t, "two", string(data))
}
