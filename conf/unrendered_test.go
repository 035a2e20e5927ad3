package conf

import (
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf/form"
)

// problemsOf are the problems of all trees below a folder, by file.
func problemsOf(t *testing.T, dir string) (messages map[string]string, lines map[string]int) {
	t.Helper()
	trees, err := Open(t.Context(), dir, Options{})
	require.NoError(t, err)
	messages, lines = map[string]string{}, map[string]int{}
	for _, tree := range trees {
		for _, p := range tree.Problems {
			name, err := filepath.Rel(dir, p.Path)
			require.NoError(t, err)
			require.Empty(t, messages[name], "told once")
			messages[name], lines[name] = p.Message, p.Line
		}
	}
	return messages, lines
}

// TestBroken tells of what configures Druid and cannot be read, next to what can: and of
// nothing that is a stranger's, or a template.
func TestBroken(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"conf/druid/broker/runtime.properties": "druid.service=druid/broker\n",
		"docker-compose.yml":                   strings.Replace(smallCompose, "    command: broker\n", "\tcommand: broker\n", 1),
		"k8s/pods.yaml":                        "apiVersion: druid.apache.org/v1alpha1\nkind: Druid\nspec:\n  image: [\n",
		"values.yaml":                          "broker:\n  config:\n    druid_processing_numThreads: '1\n",
		"ci.yaml":                              "steps: [\n# builds druid_image, reads about druid\n",
		"templates/druid.yaml":                 "{{- if .Values.x }}\nimage: apache/druid\n\ta: [\n{{ end }}\n",
		"cluster-blueprint.json":               `{"configurations": [{"druid-common": {"druid.zk.service.host": "a"}`,
	})
	messages, lines := problemsOf(t, dir)
	require.Equal(t, map[string]int{"docker-compose.yml": 5, "k8s/pods.yaml": 4, "values.yaml": 3, "cluster-blueprint.json": 1}, lines)
	require.Contains(t, messages["values.yaml"], "cannot be read as YAML: in or after line ")
	require.Contains(t, messages["cluster-blueprint.json"], "cannot be read as JSON: in or after line ")
}

// TestBrokenBeside tells of what a resource needs and cannot be read, also where one file
// is named.
func TestBrokenBeside(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"pod.yaml":    "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec:\n  containers:\n  - image: apache/druid:33.0.0\n    args: [broker]\n    envFrom: [{configMapRef: {name: druid}}]\n",
		"config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: druid}\ndata:\n  druid_zk_service_host: 'zk\n",
	})
	for _, at := range []string{"", "pod.yaml"} {
		trees, err := Open(t.Context(), filepath.Join(dir, at), Options{})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		require.Len(t, trees[0].Problems, 1, at)
		require.Equal(t, filepath.Join(dir, "config.yaml"), trees[0].Problems[0].Path)
	}
}

// TestComposeTellsItself has one place for a file of a project that is no YAML.
func TestComposeTellsItself(t *testing.T) {
	for name, line := range map[string]int{"compose.override.yml": 3, ".env": 2, "more.yml": 3} {
		files := map[string]string{"compose.yml": "include: [more.yml]\n" + smallCompose, ".env": "TAG=28.0.1\n", "druid.env": "druid_a=1\n", "more.yml": ""}
		files[name] = "services:\n  broker:\n    environment: {druid_zk_service_host: 'zk}\n"
		if name == ".env" {
			files[name] = "TAG=28.0.1\nnot a name=1\n"
		}
		trees, err := Open(t.Context(), folderOf(t, files), Options{})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		require.Empty(t, trees[0].Problems, name)
		refused := trees[0].Facts(form.Refused)
		require.Len(t, refused, 1, name)
		require.Equal(t, name, refused[0].At.File.Rel())
		require.Equal(t, line, refused[0].At.Span.Start.Line, refused[0].Detail)
	}
}

// wide is a text in UTF-16, with a mark.
func wide(text string, order binary.AppendByteOrder) string {
	data := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return string(data)
}

// TestWide reads YAML in UTF-16, as YAML is defined, and edits nothing in it; and says of
// variables and properties that they have to be saved otherwise.
func TestWide(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		dir := folderOf(t, map[string]string{
			"compose.yml":                          wide("# Zürich 😀\n"+smallCompose, order),
			"druid.env":                            wide("druid_server_http_numThreads=47\n", order),
			"conf/druid/broker/runtime.properties": wide("druid.service=druid/broker\n", order),
		})
		trees, err := Open(t.Context(), dir, Options{Form: form.Compose})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		v := trees[0].Service("router").Get("druid.zk.service.host")
		require.Equal(t, "zk:2181", v.Text)
		file, at, _ := v.File.At(v.ValueSpan)
		require.Equal(t, 3, at.Start.Line)
		require.Equal(t, "  druid_zk_service_host: zk:2181", file.Line(3))
		_, ok := v.File.Spell(v.ValueSpan, "zk1:2181")
		require.False(t, ok)
		messages, _ := problemsOf(t, dir)
		require.Contains(t, messages["druid.env"], "UTF-16")
		trees, err = Open(t.Context(), dir, Options{Form: FormConf})
		require.NoError(t, err)
		require.Contains(t, trees[0].Files[0].Problem, "UTF-16")
	}
	_, err := Open(t.Context(), folderOf(t, map[string]string{"druid.env": wide("druid_zk_service_host=zk\n", binary.LittleEndian)}), Options{})
	require.ErrorIs(t, err, ErrNoConfiguration)
	require.ErrorContains(t, err, "druid.env mentions Druid and is written in UTF-16")
}

// TestOwnImage names an image of which nobody knows what it makes of its variables.
func TestOwnImage(t *testing.T) {
	text := "services:\n  db: {image: postgres}\n  druid:\n    image: somebody/druid:1.2\n    environment: {DRUID_SERVICES: router}\n"
	_, err := Open(t.Context(), folderOf(t, map[string]string{"compose.yml": text}), Options{})
	require.ErrorIs(t, err, ErrNoConfiguration)
	require.ErrorContains(t, err, "compose.yml runs Druid from somebody/druid:1.2, an image of somebody's own")
	_, err = Open(t.Context(), folderOf(t, map[string]string{"compose.yml": text, "druid.env": "druid_host=a\n"}), Options{})
	require.NoError(t, err)

	beside := strings.Replace(text, "  druid:\n", "  store: {image: druid-mysql}\n  druid-router:\n", 1)
	_, err = Open(t.Context(), folderOf(t, map[string]string{"compose.yml": beside}), Options{})
	require.ErrorContains(t, err, "runs Druid from somebody/druid:1.2, an image", "and not that of its database")

	script := "services:\n  druid:\n    image: apache/druid:33.0.0\n    entrypoint: [/bin/bash, /opt/start.sh]\n"
	_, err = Open(t.Context(), folderOf(t, map[string]string{"compose.yml": script}), Options{})
	require.ErrorIs(t, err, ErrNoConfiguration)
	require.ErrorContains(t, err, "compose.yml runs Druid in druid by a script of somebody's own")
}

// TestChartTemplate names the chart of a template that is no YAML, whatever it uses of what
// only templates of charts have.
func TestChartTemplate(t *testing.T) {
	for _, use := range []string{"{{ .Values.a }}", `{{ include "druid.name" . }}`, `{{ template "druid.name" . }}`, "{{ .Release.Name }}", "{{- .Chart.Name }}"} {
		_, err := Open(t.Context(), folderOf(t, map[string]string{"druid/templates/a.yaml": "kind: ConfigMap\nmetadata:\n  name: " + use + "-druid\n  labels: [\n"}), Options{})
		require.ErrorIs(t, err, ErrNoConfiguration, use)
		require.ErrorContains(t, err, "druid holds a Helm chart", use)
	}
}
