package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// pre-commit runs the hook as it is published, but for the language: building
// the program again needs the network.
func TestPreCommit(t *testing.T) {
	for _, program := range []string{"pre-commit", "git"} {
		installed(t, servers, program)
	}
	var list []map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(projectFile(t, hooks)), &list))
	list[0]["language"] = "system"
	settings, err := yaml.Marshal(map[string]any{"repos": []any{map[string]any{"repo": "local", "hooks": list}}})
	require.NoError(t, err)

	dir := t.TempDir()
	broker := filepath.Join(dir, "prod/conf/druid/broker/runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(broker), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".pre-commit-config.yaml"), settings, 0o644))
	require.NoError(t, os.WriteFile(broker, []byte("druid.processing.numThreads=none\n"), 0o644))
	command := func(name string, args ...string) (string, error) {
		var out bytes.Buffer
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
		cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+t.TempDir(), "HOME="+dir)
		err := cmd.Run()
		return out.String(), err
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		out, err := command("git", args...)
		require.NoError(t, err, out)
	}
	out, err := command("pre-commit", "run")
	require.Error(t, err, out)
	require.Contains(t, out, "prod/conf/druid/broker/runtime.properties:1:")

	require.NoError(t, os.WriteFile(broker, []byte("druid.processing.numThreads=3\n"), 0o644))
	_, err = command("git", "add", ".")
	require.NoError(t, err)
	out, err = command("pre-commit", "run")
	require.NoError(t, err, out)
	require.Contains(t, out, "Passed")
}
