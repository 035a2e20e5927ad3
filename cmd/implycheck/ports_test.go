package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// TestPortsMatchTheirSchema holds the JSON of a whole cluster against
// docs/ports.schema.json, and a few mistakes too.
func TestPortsMatchTheirSchema(t *testing.T) {
	archive, err := txtar.ParseFile("../../ports/testdata/cluster.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	var out, errs bytes.Buffer
	require.Equal(t, exitClean, run([]string{"ports", "--format", "json", dir}, nil, &out, &errs), errs.String())
	schema, err := jsonschema.NewCompiler().Compile("../../docs/ports.schema.json")
	require.NoError(t, err)
	validate := func(text string) error {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		return schema.Validate(document)
	}
	require.NoError(t, validate(out.String()))
	for name, mistake := range map[string][2]string{
		"other version": {`"version": 1`, `"version": 2`},
		"port as text":  {`"port": 8081`, `"port": "8081"`},
		"no such port":  {`"lastPort": 8103`, `"lastPort": 81030`},
		"unknown field": {`"tls": false`, `"tls": false, "udp": true`},
		"unknown role":  {`"role": "data"`, `"role": "datum"`},
		"nobody's role": {`"from": "clients"`, `"from": "people"`},
		"no reason":     {`"purpose": "queries"`, `"purpose": ""`},
	} {
		broken := strings.Replace(out.String(), mistake[0], mistake[1], 1)
		require.NotEqual(t, out.String(), broken, name)
		require.Error(t, validate(broken), name)
	}
}
