//go:build unix

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// member is one member of a hostile archive.
type member struct {
	name, text, link string
	kind             byte // of tar; a regular file if 0
}

// good are the members of a small tree with a mistake in it.
var good = []member{
	{name: commonFile, text: "druid.zk.service.host=zk1.internal\n"},
	{name: brokerFile, text: brokerText + mistake},
}

func packTar(t *testing.T, w io.Writer, members []member) {
	t.Helper()
	out := tar.NewWriter(w)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: tar.TypeReg, Size: int64(len(m.text)), Mode: 0o644, Linkname: m.link, Format: tar.FormatPAX}
		if m.kind != 0 {
			h.Typeflag, h.Size = m.kind, 0
		}
		require.NoError(t, out.WriteHeader(h))
		if h.Size > 0 {
			_, err := io.WriteString(out, m.text)
			require.NoError(t, err)
		}
	}
	require.NoError(t, out.Close())
}

func packZip(t *testing.T, w io.Writer, members []member) {
	t.Helper()
	out := zip.NewWriter(w)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		switch m.kind {
		case tar.TypeSymlink:
			h.SetMode(os.ModeSymlink | 0o777)
			m.text = m.link
		case tar.TypeFifo:
			h.SetMode(os.ModeNamedPipe | 0o644)
		case tar.TypeChar:
			h.SetMode(os.ModeDevice | os.ModeCharDevice | 0o644)
		}
		f, err := out.CreateHeader(h)
		require.NoError(t, err)
		if !strings.HasSuffix(m.name, "/") {
			_, err = io.WriteString(f, m.text)
			require.NoError(t, err)
		}
	}
	require.NoError(t, out.Close())
}

// packed are the same members in every kind of archive.
func packed(t *testing.T, members []member) map[string][]byte {
	t.Helper()
	var plain, zipped, gzipped bytes.Buffer
	packTar(t, &plain, members)
	packZip(t, &zipped, members)
	z := gzip.NewWriter(&gzipped)
	_, err := z.Write(plain.Bytes())
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return map[string][]byte{"a.tar": plain.Bytes(), "a.zip": zipped.Bytes(), "a.tar.gz": gzipped.Bytes(), "a.tgz": gzipped.Bytes()}
}

// Whatever else an archive holds, the tree in it is linted, nothing is unpacked,
// and nothing outside of it is read.
func TestAttackByMembers(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("druid.host=S3CR3T\n"), 0o644))
	const router = "conf/druid/router/runtime.properties"
	for name, m := range map[string]member{
		"above":              {name: "../../../../conf/druid/router/runtime.properties", text: mistake},
		"absolute":           {name: "/etc/conf/druid/router/runtime.properties", text: mistake},
		"above, hidden":      {name: "conf/../../druid/router/runtime.properties", text: mistake},
		"with backslashes":   {name: `..\..\conf\druid\router\runtime.properties`, text: mistake},
		"of a drive":         {name: `C:\conf\druid\router\runtime.properties`, text: mistake},
		"a link":             {name: router, link: outside, kind: tar.TypeSymlink},
		"a link above":       {name: router, link: "../../../../../../../../../../../.." + outside, kind: tar.TypeSymlink},
		"a linked folder":    {name: "conf/druid/router", link: filepath.Dir(outside), kind: tar.TypeSymlink},
		"a hard link":        {name: router, link: outside, kind: tar.TypeLink},
		"a pipe":             {name: router, kind: tar.TypeFifo},
		"a device":           {name: router, kind: tar.TypeChar},
		"a long name":        {name: strings.Repeat("a/", 5000) + "runtime.properties", text: mistake},
		"a very long name":   {name: strings.Repeat("a", 60_000), text: mistake},
		"a name of dots":     {name: "./.", text: ""},
		"another archive":    {name: "conf/druid/router/conf.zip", text: "PK\x03\x04"},
		"binary":             {name: router, text: "\x00\xff\x00"},
		"with control codes": {name: "conf/druid/\x1b[31m\n::error::x/runtime.properties", text: mistake},
		"git's":              {name: ".git/config", text: "[core]\nfsmonitor = touch PWNED\n"},
		"a configuration":    {name: ".implycheck.yaml", text: "version: 1\nexclude: ['**']\n"},
		"large":              {name: router, text: strings.Repeat("#\n", 3<<20)},
		"the same":           {name: commonFile, text: "druid.zk.service.host=zk1.internal\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for file, data := range packed(t, append([]member{m}, good...)) {
				dir := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, 0o644))
				got := attack(t, dir, "lint", file)
				got.requireCode(t, 1, "druid.processing.numThreads")
				require.NotContains(t, got.text, "S3CR3T")
				require.NotContains(t, got.text, "\x1b")
				require.NotRegexp(t, `(?m)^::error::x`, got.text)
				require.Len(t, tree(t, dir, ""), 2, "nothing is unpacked")
			}
		})
	}
}

// Archives that are cut, changed or lie about themselves end in an exit code, and
// soon.
func TestAttackByBrokenArchives(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	var many []member
	for i := range 400 {
		many = append(many, member{name: fmt.Sprintf("c%d/druid/broker/runtime.properties", i), text: strings.Repeat("#\n", 300_000)})
	}
	for file, data := range packed(t, good) {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			try := func(data []byte) {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, 0o644))
				attack(t, dir, "lint", file)
			}
			try(nil)
			for _, end := range []int{1, 4, 30, len(data) / 3, len(data) / 2, len(data) - 1} {
				try(data[:end])
			}
			for at := range 24 {
				changed := bytes.Clone(data)
				changed[at*len(data)/24] ^= 0xff
				try(changed)
			}
			try(append(bytes.Clone(data), data...))
			try(append(bytes.Clone(data), make([]byte, 1<<20)...))
			try(append([]byte("#!/bin/sh\n"), data...))
		})
	}
	for file, data := range packed(t, many) {
		t.Run("bomb "+file, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, 0o644))
			attack(t, dir, "lint", "-q", "--jobs", "1", file)
		})
	}
}
