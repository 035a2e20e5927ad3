package form

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// vectors calls do with the rows of a file of what real programs did.
func vectors[Row any](t *testing.T, name string, do func(t *testing.T, row Row)) {
	t.Helper()
	dir := os.Getenv("IMPLYCHECK_SHARED")
	if dir == "" {
		t.Skip("IMPLYCHECK_SHARED names no folder of recorded runs")
	}
	f, err := os.Open(filepath.Join(dir, "facts", "vectors", name))
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	rows := 0
	for lines.Scan() {
		var row Row
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		do(t, row)
		rows++
	}
	require.NoError(t, lines.Err())
	require.NotZero(t, rows)
}

type envRow struct {
	ID      string            `json:"id"`
	Script  string            `json:"script"`
	Version string            `json:"druid_sh"`
	Service string            `json:"service"`
	Env     [][2]string       `json:"env"`
	Args    []string          `json:"args"`
	Files   map[string]string `json:"files"`
	Base    string            `json:"base_common"`
	BaseOwn *string           `json:"base_service"`
	BaseJVM *string           `json:"base_jvm"`
	RC      int               `json:"rc"`
	Common  string            `json:"common"`
	Own     *string           `json:"service_file"`
	Argv    []string          `json:"argv"`
}

func (row envRow) single() bool { return strings.HasPrefix(row.ID, "single-node") }

// never reports whether the script of the row was taken back before the release: it
// did not set druid.host.
func (row envRow) never() bool {
	return row.Version == "31" && !slices.Contains(row.Env, [2]string{"DRUID_SET_HOST", "0"})
}

const stockJVM = "-server\n-Xms1g\n-Xmx2g\n-XX:MaxDirectMemorySize=3g\n-Duser.timezone=UTC\n"

// container is the container of a row. Its files are where the release looks.
func (row envRow) container() *Container {
	name, master := row.Version, row.Version == "master"
	if master {
		name = "38"
	}
	release, _ := schema.ParseRelease(name)
	c := &Container{Role: row.Service, Release: release, IP: "192.0.2.2", Peon: row.Script == "peon"}
	for _, v := range row.Env {
		c.Env = append(c.Env, Var{Name: Made(v[0], Place{}), Value: Made(v[1], Place{})})
	}
	_, c.Kubernetes = (&image{Container: c}).value("KUBERNETES_SERVICE_HOST")
	probe := &image{Container: c}
	files := map[string]string{confRoot + probe.commonPath() + "/common.runtime.properties": row.Base}
	if dir := confRoot + probe.confPath(); probe.confPath() != "" {
		if row.BaseOwn != nil {
			files[dir+"/runtime.properties"] = *row.BaseOwn
		}
		switch {
		case row.BaseJVM != nil:
			files[dir+"/jvm.config"] = *row.BaseJVM
		case row.Service != "custom":
			files[dir+"/jvm.config"] = stockJVM
		}
	}
	if row.single() {
		files = map[string]string{}
	}
	files[confRoot+probe.commonPath()+"/log4j2.xml"] = "<Root level=\"info\">\n"
	for name, text := range row.Files {
		files[name] = text
	}
	c.Mounted = func(file string) (Text, holding) {
		text, ok := files[file]
		if !ok {
			return Text{}, hidden
		}
		return Made(text, Place{}), given
	}
	return c
}

// TestEnvironment compares with what druid.sh and peon.sh of 13 versions did.
func TestEnvironment(t *testing.T) {
	agree := 0
	vectors(t, "env-vectors.jsonl", func(t *testing.T, row envRow) {
		p := row.container().Run()
		name := row.ID + " " + row.Version
		if row.never() {
			return
		}
		if row.RC != 0 {
			args := syntax.ParseArgs([]byte(p.JVM.s))
			unknown := slices.ContainsFunc(p.Facts, func(f Fact) bool { return f.Kind == UnknownFile })
			if p.Fails == "" && args.Err == nil && !unknown {
				t.Errorf("%s: does not fail", name)
			} else {
				agree++
			}
			return
		}
		good := true
		check := func(what, want, got string) {
			if want != got {
				good = false
				t.Errorf("%s: %s\nwant %q\ngot  %q\nenv %q", name, what, want, got, row.Env)
			}
		}
		if p.Fails != "" {
			check("fails", "", p.Fails)
		}
		if !row.single() { // the row's files are those of the cluster
			check("common", row.Common, p.Common.s)
		}
		if row.Own != nil && p.HasRuntime && !row.single() {
			check("service", *row.Own, p.Runtime.s)
		}
		if i := slices.Index(row.Argv, "-cp"); i >= 0 {
			var words []string
			for _, w := range syntax.ParseArgs([]byte(p.JVM.s)).Words {
				words = append(words, w.Text)
			}
			argv := slices.DeleteFunc(row.Argv[:i], func(arg string) bool { return strings.HasPrefix(arg, "-Ddruid.node.type=") })
			check("java", strings.Join(argv, "\x00"), strings.Join(words, "\x00"))
		}
		if good {
			agree++
		}
	})
	t.Logf("%d rows agree", agree)
}

func TestOrder(t *testing.T) {
	vectors(t, "env-order-vectors.jsonl", func(t *testing.T, row struct {
		Name   string `json:"name"`
		Bucket int    `json:"bucket"`
	}) {
		require.Equal(t, row.Bucket, bucket(row.Name), row.Name)
	})
}

// hostVariables are those of the shell in which the rows were run.
func hostVariables(name string) (Text, bool) {
	switch name {
	case "HOSTVAR":
		return Made("hv", Place{}), true
	case "EMPTY":
		return Text{}, true
	}
	return Text{}, false
}

func none(string) string { return "" }

// TestEnvFilesV1 compares with docker-compose 1.29.2.
func TestEnvFilesV1(t *testing.T) {
	vectors(t, "envfile-vectors.jsonl", func(t *testing.T, row struct {
		ID      string             `json:"id"`
		File    string             `json:"file"`
		Compose map[string]*string `json:"compose_v1_1_29_2"`
	}) {
		vars, mistake := dotenvV1(&Source{Path: "e.env", Data: []byte(row.File)}, hostVariables, none)
		require.Nil(t, mistake, row.ID)
		got := map[string]*string{}
		for _, v := range vars {
			got[v.Name.s] = &v.Value.s
		}
		for name, value := range row.Compose {
			if value == nil { // of the shell, if it has it
				delete(row.Compose, name)
			}
		}
		require.Equal(t, row.Compose, got, row.ID)
	})
}

// TestEnvFiles compares with docker run --env-file and with Compose since version 2.
func TestEnvFiles(t *testing.T) {
	vectors(t, "envfile-vectors.jsonl", func(t *testing.T, row struct {
		ID      string          `json:"id"`
		File    string          `json:"file"`
		Docker  json.RawMessage `json:"docker_run_env_file"`
		Compose json.RawMessage `json:"compose_v2"`
	}) {
		s := &Source{Path: "e.env", Data: []byte(row.File)}
		vars, mistake := rawEnv(s, hostVariables, none)
		var lines []string
		for _, v := range vars {
			lines = append(lines, v.Name.s+"="+v.Value.s)
			at := v.Value.Place()
			if at.Source == nil {
				continue // of the host
			}
			require.Equal(t, v.Value.s, string(s.Data[at.From:at.To]), row.ID)
		}
		var want []string
		if json.Unmarshal(row.Docker, &want) == nil {
			require.Nil(t, mistake, row.ID)
			require.ElementsMatch(t, want, lines, row.ID)
		} else {
			require.NotNil(t, mistake, row.ID)
		}
		vars, mistake = dotenv(s, hostVariables, none)
		got := map[string]string{}
		for _, v := range vars {
			got[v.Name.s] = v.Value.s
		}
		var values map[string]string
		require.NoError(t, json.Unmarshal(row.Compose, &values))
		if values["error"] != "" {
			require.NotNil(t, mistake, row.ID)
			return
		}
		require.Nil(t, mistake, row.ID)
		require.Equal(t, values, got, row.ID)
	})
}

// TestCompose compares with docker compose since version 2. It reads services with a
// profile too, and knows the format raw, as the program does and its library does
// not.
func TestCompose(t *testing.T) {
	vectors(t, "compose-vectors.jsonl", func(t *testing.T, row struct {
		ID      string            `json:"id"`
		Files   map[string]string `json:"files"`
		Args    []string          `json:"args"`
		Compose json.RawMessage   `json:"compose_v2"`
	}) {
		if row.ID == "profiles" || row.ID == "env-file-raw" {
			return
		}
		sources := map[string]*Source{}
		for name, text := range row.Files {
			sources[name] = &Source{Path: name, Data: []byte(text)}
		}
		in := &Input{File: func(name string) (*Source, error) {
			if s := sources[name]; s != nil {
				return s, nil
			}
			return nil, os.ErrNotExist
		}}
		c := &compose{in: in, tree: &Tree{}, missing: none, shell: hostVariables}
		c.read(sources[row.Args[0]])
		for _, name := range row.Args[1:] {
			c.file(sources[name], ".")
		}
		got := map[string]map[string]*string{}
		for _, svc := range c.services {
			values := map[string]*string{}
			for _, v := range svc.env {
				values[v.name.s] = nil // what has no value anywhere is null for the program
			}
			all, _ := c.variables(svc)
			for _, v := range all {
				values[v.Name.s] = &v.Value.s
			}
			got[svc.name] = values
		}
		var failure struct{ Error string }
		if json.Unmarshal(row.Compose, &failure) == nil && failure.Error != "" {
			require.Error(t, c.err, row.ID)
			return
		}
		var want map[string]map[string]*string
		require.NoError(t, json.Unmarshal(row.Compose, &want), row.ID)
		require.NoError(t, c.err, row.ID)
		require.Equal(t, want, got, row.ID)
	})
}
