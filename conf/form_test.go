package conf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf/form"
)

// folderOf writes files into a folder of their own.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(text), 0o644))
	}
	return dir
}

const smallCompose = `x-env: &env
  druid_zk_service_host: zk:2181
services:
  broker:
    image: apache/druid:${TAG}
    command: broker
    env_file: [druid.env]
    environment:
      <<: *env
      druid_metadata_storage_connector_password: "geh\\eim"
      DRUID_XMX: 3g
  router:
    image: apache/druid:${TAG}
    command: [router]
    environment:
      <<: *env
`

func openCompose(t *testing.T, compose string) (*Tree, string) {
	t.Helper()
	dir := folderOf(t, map[string]string{
		"docker-compose.yml": compose, ".env": "TAG=28.0.1\n", "druid.env": "# comment\ndruid_server_http_numThreads=47\n",
	})
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0], dir
}

// TestFormPlaces follows values to where people wrote them.
func TestFormPlaces(t *testing.T) {
	tree, dir := openCompose(t, smallCompose)
	require.Equal(t, "compose", tree.Form)
	require.Equal(t, "druid-28.0.1", tree.Target.Name, tree.TargetReason)
	require.Len(t, tree.Services, 2)
	place := func(service, key string) string {
		v := tree.Service(service).Get(key)
		require.True(t, v.Set, key)
		file, at, stock := v.File.At(v.ValueSpan)
		require.False(t, stock)
		rel, err := filepath.Rel(dir, file.Path)
		require.NoError(t, err)
		require.Equal(t, v.Text, strings.TrimSpace(file.Line(at.Start.Line)[at.Start.Column-1:at.End.Column-1]), key)
		return rel
	}
	require.Equal(t, "druid.env", place("broker", "druid.server.http.numThreads"))
	require.Equal(t, "docker-compose.yml", place("router", "druid.zk.service.host"))
	require.Same(t, tree.Common, tree.Service("broker").Get("druid.zk.service.host").File, "one place for all is shared")
	port := tree.Service("router").Get("druid.plaintextPort")
	_, at, stock := port.File.At(port.Span)
	require.True(t, stock, "the image's")
	require.Equal(t, 13, at.Start.Line)
}

// TestFormMasks hides a password in the source, which has it in another spelling.
func TestFormMasks(t *testing.T) {
	tree, _ := openCompose(t, smallCompose)
	for _, f := range tree.Files {
		for n := 1; n <= strings.Count(string(f.Data), "\n"); n++ {
			require.NotContains(t, f.MaskedLine(n), "geh")
		}
	}
}

// TestFormSpelling says what a fix has to write.
func TestFormSpelling(t *testing.T) {
	tree, _ := openCompose(t, smallCompose)
	v := tree.Service("broker").Get("druid.server.http.numThreads")
	text, ok := v.File.Spell(v.Span, "druid.server.http.maxThreads")
	require.True(t, ok)
	require.Equal(t, "druid_server_http_maxThreads", text)
	_, ok = v.File.Spell(v.ValueSpan, `a\b`)
	require.False(t, ok, "what the script takes apart")
	stock := tree.Service("router").Get("druid.plaintextPort")
	_, ok = stock.File.Spell(stock.ValueSpan, "8889")
	require.False(t, ok, "nobody has written it")
}

// TestFormAttacks keeps bad files bounded.
func TestFormAttacks(t *testing.T) {
	bomb := "a0: &a0 {druid_x: 1}\n"
	for i := 1; i < 40; i++ {
		p := "*a" + string(rune('0'+(i-1)%10))
		bomb += "a" + string(rune('0'+i%10)) + ": &a" + string(rune('0'+i%10)) + " [" + strings.Repeat(p+",", 9) + p + "]\n"
	}
	for name, text := range map[string]string{
		"bomb":  bomb + "services:\n  b: {image: apache/druid, command: broker, environment: *a9}\n",
		"cycle": "services:\n  a: {image: apache/druid:30.0.0, command: broker, extends: b}\n  b: {image: apache/druid:30.0.0, command: broker, extends: a}\n",
		"self":  "include: [docker-compose.yml]\nservices:\n  a: {image: apache/druid:30.0.0, command: broker}\n",
		"out":   "services:\n  a: {image: apache/druid:30.0.0, command: broker, env_file: ../../../etc/passwd, volumes: ['/etc:/opt/druid/conf/druid/cluster/_common']}\n",
		"many":  "services:\n  a: {image: apache/druid:30.0.0, command: broker, environment: {" + strings.Repeat("druid_a: 1, ", 50_000) + "}}\n",
	} {
		dir := folderOf(t, map[string]string{"docker-compose.yml": text})
		trees, err := Open(t.Context(), dir, Options{})
		if err != nil {
			require.ErrorIs(t, err, ErrNoConfiguration, name)
			continue
		}
		for _, f := range trees[0].Files {
			require.NotContains(t, string(f.Data), "root:", name)
		}
		if name == "cycle" || name == "self" {
			require.NotEmpty(t, trees[0].Facts(form.Refused), name)
		}
	}
}

// TestOtherForm asks for one form only.
func TestOtherForm(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"docker-compose.yml":                           smallCompose,
		"druid.env":                                    "druid_a=b\n",
		"conf/druid/broker/runtime.properties":         "druid.service=druid/broker\n",
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n",
	})
	for want, n := range map[string]int{"": 2, FormConf: 1, "compose": 1} {
		trees, err := Open(t.Context(), dir, Options{Form: want})
		require.NoError(t, err)
		require.Len(t, trees, n, want)
	}
}

// A file that is about Druid and is no YAML is named, with the line, when there is
// nothing else to read: a tab in the indentation is what people get wrong most.
func TestUnreadable(t *testing.T) {
	broken := strings.Replace(smallCompose, "    command: broker\n", "\tcommand: broker\n", 1)
	for _, at := range []string{"", "docker-compose.yml"} {
		dir := folderOf(t, map[string]string{"docker-compose.yml": broken, "other.yaml": "a: [\n"})
		_, err := Open(t.Context(), filepath.Join(dir, at), Options{})
		require.ErrorIs(t, err, ErrNoConfiguration)
		require.ErrorContains(t, err, "docker-compose.yml mentions Druid and cannot be read as YAML: in or after line 5: found ")
	}
	dir := folderOf(t, map[string]string{"notes.md": "druid: [\n", "ci.yaml": "a: 1 # druid\n"})
	_, err := Open(t.Context(), dir, Options{})
	require.ErrorContains(t, err, "no Druid or Imply configuration found")
}

// Files of variables that lie next to each other, each called after a service, are one
// cluster; by itself one is that service, and two of one service are two clusters.
func TestEnvFilesOfOneCluster(t *testing.T) {
	const text = "druid_zk_service_host=zk1\n"
	dir := folderOf(t, map[string]string{
		"one/broker.env": text, "one/historical.env": text, "one/coordinator.env": text,
		"two/dev-broker.env": text, "two/prod-broker.env": text, "two/historical.env": text,
	})
	for name, want := range map[string][]int{"one": {3}, "one/historical.env": {1}, "two": {1, 1, 1}} {
		trees, err := Open(t.Context(), filepath.Join(dir, name), Options{})
		require.NoError(t, err)
		var got []int
		for _, tree := range trees {
			require.Empty(t, tree.Problems)
			got = append(got, len(tree.Services))
		}
		require.Equal(t, want, got, name)
	}
}
