package conf

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// write lays files out below a new folder; a name that ends in / is a folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if strings.HasSuffix(name, "/") {
			require.NoError(t, os.MkdirAll(full, 0o755))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	return dir
}

// describe is a tree in short: its path below dir, and its services.
func describe(trees []*Tree, dir string) []string {
	var list []string
	for _, tree := range trees {
		rel := strings.TrimPrefix(strings.TrimPrefix(tree.Path, filepath.ToSlash(dir)), "/")
		text := rel + ":"
		for _, s := range tree.Services {
			text += " " + s.Name
		}
		if tree.Common != nil {
			text += " +common"
		}
		list = append(list, text)
	}
	return list
}

func TestLayouts(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"imply", []string{
			"conf/druid/_common/common.runtime.properties", "conf/druid/broker/runtime.properties", "conf/druid/broker/jvm.config",
			"conf/druid/historical/main.config", "conf/zk/zoo.cfg", "conf/pivot/config.yaml", "conf/supervise/data.conf", "conf/tranquility/server.json",
		}, []string{": broker historical +common"}},
		{"two clusters in a repository", []string{
			"east/conf/druid/_common/common.runtime.properties", "east/conf/druid/broker/runtime.properties", "east/conf/zk/zoo.cfg",
			"west/conf/druid/_common/common.runtime.properties", "west/conf/druid/router/runtime.properties", "west/conf/zk/zoo.cfg",
		}, []string{"east/conf: broker +common", "west/conf: router +common"}},
		{"druid cluster", []string{
			"cluster/_common/common.runtime.properties", "cluster/master/coordinator-overlord/runtime.properties",
			"cluster/data/historical/runtime.properties", "cluster/data/middleManager/jvm.config", "cluster/query/broker/main.config",
		}, []string{": coordinator-overlord broker historical middleManager +common"}},
		{"druid distribution with profiles", []string{
			"conf/druid/cluster/_common/common.runtime.properties", "conf/druid/cluster/query/router/runtime.properties",
			"conf/druid/single-server/micro-quickstart/_common/common.runtime.properties", "conf/druid/single-server/micro-quickstart/broker/jvm.config",
			"conf/supervise/single-server/micro-quickstart.conf", "conf/zk/zoo.cfg",
		}, []string{"conf/druid/cluster: router +common", "conf/druid/single-server/micro-quickstart: broker +common"}},
		{"flat folders", []string{"config/_common/common.runtime.properties", "config/overlord/runtime.properties"}, []string{": overlord +common"}},
		{"flat files", []string{"conf/common.runtime.properties", "conf/middleManager.runtime.properties"}, []string{": middleManager +common"}},
		{"services without anything shared", []string{"a/broker/runtime.properties", "a/router/jvm.config"}, []string{": broker router"}},
		{"a name in another case", []string{"druid/middlemanager/runtime.properties"}, []string{": middleManager"}},
		{"tranquility alone", []string{"conf/tranquility/kafka.json"}, []string{":"}},
		{"folders of version control are left out", []string{
			".git/conf/druid/broker/runtime.properties", "node_modules/x/broker/jvm.config", "conf/druid/router/runtime.properties",
		}, []string{": router"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for _, name := range test.files {
				files[name] = ""
			}
			dir := write(t, files)
			trees, err := Open(t.Context(), dir, Options{})
			require.NoError(t, err)
			require.Equal(t, test.want, describe(trees, dir))
		})
	}
}

func TestProfilesKeepTheirOwnFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"conf/druid/cluster/_common/common.runtime.properties":                        "",
		"conf/druid/single-server/micro-quickstart/_common/common.runtime.properties": "",
		"conf/supervise/single-server/micro-quickstart.conf":                          "broker bin/run-druid broker conf\n",
		"conf/zk/zoo.cfg": "clientPort=2181\n",
	})
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 2)
	require.Equal(t, []Kind{CommonProperties, ZooConfig}, kinds(trees[0]))
	require.Equal(t, []Kind{CommonProperties, SuperviseConfig}, kinds(trees[1]))
}

func kinds(t *Tree) []Kind {
	var list []Kind
	for _, f := range t.Files {
		list = append(list, f.Kind)
	}
	return list
}

// TestTrino leaves the flags of Trino's coordinator alone, which may have comments.
func TestTrino(t *testing.T) {
	flags := "# of Trino\n-Xmx16G\n-Djdk.attach.allowAttachSelf=true\n"
	for own, want := range map[string][]string{"": {": broker"}, "-Duser.timezone=UTC\n": {": coordinator broker"}, "-Ddruid.host=a\n": {": coordinator broker"}} {
		dir := write(t, map[string]string{"coordinator/etc/jvm.config": flags + own, "broker/runtime.properties": "druid.service=druid/broker\n"})
		trees, err := Open(t.Context(), dir, Options{})
		require.NoError(t, err)
		require.Equal(t, want, describe(trees, dir))
	}
	_, err := Open(t.Context(), write(t, map[string]string{"trino/coordinator-jvm.config": flags}), Options{})
	require.ErrorIs(t, err, ErrNoConfiguration)
}

func TestPathsAreAsGiven(t *testing.T) {
	dir := write(t, map[string]string{"conf/druid/broker/runtime.properties": "druid.a=1\n"})
	t.Chdir(dir)
	for given, want := range map[string]string{
		"conf": "conf/druid/broker/runtime.properties", "conf/": "conf/druid/broker/runtime.properties",
		"./conf": "./conf/druid/broker/runtime.properties", "conf/druid": "conf/druid/broker/runtime.properties",
		"conf/druid/broker/runtime.properties": "conf/druid/broker/runtime.properties",
	} {
		trees, err := Open(t.Context(), given, Options{})
		require.NoError(t, err, given)
		require.Equal(t, want, trees[0].Files[0].Path, given)
	}
}

func TestNothingToCheck(t *testing.T) {
	dir := write(t, map[string]string{"README.md": "hello", "src/main.c": ""})
	_, err := Open(t.Context(), dir, Options{})
	require.ErrorIs(t, err, ErrNoConfiguration)
	require.ErrorContains(t, err, "looked for common.runtime.properties")
	_, err = Open(t.Context(), filepath.Join(dir, "nowhere"), Options{})
	require.ErrorContains(t, err, "nowhere: no such file or folder")
}

func TestHostileFiles(t *testing.T) {
	outside := write(t, map[string]string{"secret/core-site.xml": "<configuration/>", "broker/runtime.properties": "druid.service=outside\n"})
	dir := write(t, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk1\n",
		"conf/druid/broker/runtime.properties/":        "",
		"conf/druid/historical/runtime.properties":     strings.Repeat("# padding\n", maxFile/10+1),
		"conf/druid/router/jvm.config":                 "-Xmx1g\x00\x01\x02",
		"conf/druid/overlord/runtime.properties":       "druid.port=8090\n",
	})
	for link, target := range map[string]string{
		"conf/druid/_common/core-site.xml":              filepath.Join(outside, "secret/core-site.xml"),
		"conf/druid/_common/up":                         "..",
		"conf/druid/loop":                               "loop",
		"conf/druid/coordinator":                        filepath.Join(outside, "broker"),
		"conf/druid/middleManager":                      "overlord",
		"conf/druid/_common/hdfs-site.xml":              "nowhere.xml",
		"conf/druid/overlord/common.runtime.properties": "../_common/common.runtime.properties",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, link)))
	}
	if os.Getuid() != 0 {
		require.NoError(t, os.Chmod(filepath.Join(dir, "conf/druid/overlord/runtime.properties"), 0))
	}
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	tree := trees[0]

	problems := map[string]string{}
	for _, p := range tree.Problems {
		problems[strings.TrimPrefix(p.Path, filepath.ToSlash(dir)+"/conf/druid/")] = p.Message
	}
	require.Equal(t, map[string]string{
		"_common/core-site.xml":     "is a link that leads out of the tree and was not followed",
		"_common/hdfs-site.xml":     "is a link that leads nowhere",
		"_common/up":                "is a link to a folder it lies in",
		"broker/runtime.properties": "is a folder, where a file of that name is expected",
		"coordinator":               "is a link that leads out of the tree and was not followed",
		"loop":                      "is a link that leads nowhere",
	}, problems)

	require.Contains(t, tree.Service("historical").Runtime.Problem, "larger than 4 MiB")
	require.Contains(t, tree.Service("router").JVM.Problem, "NUL")
	require.Nil(t, tree.Service("coordinator"), "nothing outside the tree is read")
	require.NotNil(t, tree.Service("middleManager"), "links inside the tree are followed")
	require.Equal(t, "zk1", tree.Service("overlord").Get("druid.zk.service.host").Text)
}

func TestArchives(t *testing.T) {
	files := map[string]string{
		"imply-3.0.19/conf/druid/_common/common.runtime.properties":                              "druid.storage.type=s3\n",
		"imply-3.0.19/conf/druid/broker/runtime.properties":                                      "druid.port=8082\n",
		"imply-3.0.19/dist/druid/extensions/druid-s3-extensions/druid-s3-extensions.jar":         "jar",
		"imply-3.0.19/dist/druid/extensions/mysql-metadata-storage/mysql-connector-java-5.1.jar": "jar",
		"../../etc/druid/broker/runtime.properties":                                              "druid.port=1\n",
		"/conf/druid/router/runtime.properties":                                                  "druid.port=1\n",
		"imply-3.0.19/quickstart/wikiticker.json":                                                "{}",
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"a.tar.gz": tarball(t, files), "a.zip": zipball(t, files)} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name)
			require.NoError(t, os.WriteFile(file, data, 0o644))
			trees, err := Open(t.Context(), file, Options{})
			require.NoError(t, err)
			require.Len(t, trees, 1)
			tree := trees[0]
			require.Equal(t, "imply-3.0.19", tree.Target.Name)
			require.Equal(t, []string{"druid-s3-extensions", "mysql-metadata-storage"}, sorted(tree.Extensions))
			require.True(t, tree.MySQLDriver)
			require.Equal(t, "s3", tree.Service("broker").Get("druid.storage.type").Text)
			require.Nil(t, tree.Service("router"))
			require.Len(t, tree.Problems, 2)
			require.Contains(t, tree.Problems[0].Message, "outside")
		})
	}
}

func sorted(names []string) []string {
	list := append([]string{}, names...)
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

func tarball(t *testing.T, files map[string]string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, text := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o644}))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	return b.Bytes()
}

func zipball(t *testing.T, files map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = f.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestBrokenArchives(t *testing.T) {
	dir := write(t, map[string]string{"a.tar.gz": "no archive", "b.zip": "no archive", "c.tar": "no archive"})
	for _, name := range []string{"a.tar.gz", "b.zip", "c.tar"} {
		_, err := Open(t.Context(), filepath.Join(dir, name), Options{})
		require.ErrorContains(t, err, "is not a readable archive", name)
	}
}

func TestArchiveBomb(t *testing.T) {
	const size, block = 1 << 30, 1 << 20
	var header bytes.Buffer
	require.NoError(t, tar.NewWriter(&header).WriteHeader(&tar.Header{
		Name: "conf/druid/broker/runtime.properties", Typeflag: tar.TypeReg, Size: size, Mode: 0o644,
	}))
	// Gzip members may follow each other: a block packed once is written many times.
	bomb := packed(t, header.Bytes())
	zeros := packed(t, make([]byte, block))
	for range size / block {
		bomb = append(bomb, zeros...)
	}
	file := filepath.Join(t.TempDir(), "bomb.tar.gz")
	require.NoError(t, os.WriteFile(file, bomb, 0o600))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	trees, err := Open(t.Context(), file, Options{})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Contains(t, trees[0].Files[0].Problem, "larger than 4 MiB")
	require.Equal(t, []Problem{{file, "is broken and was not read to its end: it unpacks to far more than it holds", true, 0}}, trees[0].Problems)
	require.Less(t, time.Since(start), 20*time.Second)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "memory stays bounded")
}

func packed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// A small archive that holds far more configuration than its size is read as far as
// it is in proportion, and says what was not.
func TestSmallArchiveBomb(t *testing.T) {
	files := map[string]string{}
	for i := range 30 {
		files[fmt.Sprintf("conf/druid/broker%02d/runtime.properties", i)] = strings.Repeat("#druid.x=1\n", 20_000)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"a.tar.gz": tarball(t, files), "a.zip": zipball(t, files)} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, data, 0o644))
		require.Less(t, len(data), 60_000)
		trees, err := Open(t.Context(), file, Options{})
		require.NoError(t, err)
		read, refused := 0, 0
		for _, tree := range trees {
			for _, f := range tree.Files {
				read += len(f.Data)
				if f.Problem != "" {
					require.Equal(t, "was not read: the archive unpacks to far more than it holds", f.Problem)
					refused++
				}
			}
		}
		require.Greater(t, refused, 0, name)
		require.LessOrEqual(t, read, max(textFrom, (maxTextRatio+1)*len(data)), name)
	}
}

// Copies of one cluster are packed very well, and are no bomb.
func TestFleetInArchive(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "druid.some.property.%d=%d\n", i*7919%1000, i*104729%99991)
	}
	files := map[string]string{}
	for i := range 300 {
		files[fmt.Sprintf("fleet/cluster-%03d/conf/druid/broker/runtime.properties", i)] = b.String()
	}
	file := filepath.Join(t.TempDir(), "fleet.tar.gz")
	require.NoError(t, os.WriteFile(file, tarball(t, files), 0o644))
	trees, err := Open(t.Context(), file, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 300)
	for _, tree := range trees {
		require.Empty(t, tree.Problems)
		require.Empty(t, tree.Files[0].Problem)
	}
}

// More trees than anybody has are refused, not cut down to some.
func TestTooManyTrees(t *testing.T) {
	files := map[string]string{}
	for i := range maxTrees + 1 {
		files[fmt.Sprintf("conf/d%d/runtime.properties", i)] = ""
	}
	file := filepath.Join(t.TempDir(), "many.tar.gz")
	require.NoError(t, os.WriteFile(file, tarball(t, files), 0o644))
	_, err := Open(t.Context(), file, Options{})
	require.ErrorContains(t, err, "it holds 10001 trees, and more than 10000 are not checked at once: name a part of it")
}

// TestSettingsAreBounded: judging a setting takes far more than its text.
func TestSettingsAreBounded(t *testing.T) {
	lines := func(line string, n int) []byte { return []byte(strings.Repeat(line+"\n", n)) }
	overlay := map[string][]byte{
		"conf/druid/_common/common.runtime.properties": lines("druid.x=1", maxSettings),
		"conf/druid/broker/runtime.properties":         lines("druid.x=1", maxSettings+1),
		"conf/druid/broker/jvm.config":                 lines("-Dx=1", maxSettings+1),
		"conf/druid/coordinator/runtime.properties":    lines("druid.x=1", maxSettings),
		"conf/druid/historical/runtime.properties":     lines("druid.x=1", maxSettings),
		"conf/druid/middleManager/runtime.properties":  lines("druid.x=1", maxSettings),
		"conf/druid/overlord/runtime.properties":       lines("druid.x=1", 1),
		"conf/supervise/data.conf":                     lines("historical bin/run-druid historical conf", maxSettings+1),
	}
	dir := t.TempDir()
	for name, data := range overlay {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range trees[0].Files {
		if f.Problem != "" {
			got[f.Base()+" of "+filepath.Base(filepath.Dir(f.Path))] = f.Problem
		}
	}
	const tooMany, tooLate = "has more than 5000 settings, which no configuration file has", "was not read: its tree has more than 20000 settings"
	require.Equal(t, map[string]string{
		"runtime.properties of broker": tooMany, "jvm.config of broker": tooMany, "data.conf of supervise": tooMany,
		"runtime.properties of overlord": tooLate,
	}, got)
}
