package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/schema"
)

// secretForms are ways in which people write a secret that make a rule speak:
// %s stands for the key, %d for the secret.
var secretForms = []string{
	"%s=hush-%d",
	"%s=hush-%d \t",
	"%s=hush-%d # the password",
	`%s="hush-%d"`,
	`%s='hush-%d'`,
	`%s=hush-%d\x`,
	`%s=["hush-%d"`,
	`%s={"type":"default","password":"hush-%d"`,
	"%sx=hush-%d",
	"#%s=hush-%d",
	"%s hush-%d",
	"%s=hush-%[2]d\\\n  hush-%[2]d\\\ndruid.port=1",
}

// TestSecretsAreNeverPrinted sets every secret property of the schema in every
// form, in properties files and as -D flags, and looks for the secrets in all
// output.
func TestSecretsAreNeverPrinted(t *testing.T) {
	dir := t.TempDir()
	var secrets int
	var flags, deepStorage strings.Builder
	for _, p := range schema.Properties() {
		if !p.Secret {
			continue
		}
		secrets++
		key := strings.NewReplacer("<name>", "n", "<any>", "x", "<key>", "k").Replace(p.Name)
		var text strings.Builder
		for i, form := range secretForms {
			fmt.Fprintf(&text, form+"\n", key, i)
		}
		file := filepath.Join(dir, fmt.Sprintf("t%d/conf/druid/broker/runtime.properties", secrets))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
		fmt.Fprintf(&flags, "-D%s=hush-1\n# -D%s=hush-2\n-D%sx=\"hush-3 hush-4\"\n", key, key, key)
		fmt.Fprintf(&deepStorage, "%s=hush-5\n", key)
	}
	require.Greater(t, secrets, 40)
	more := map[string]string{
		"flags/conf/druid/historical/jvm.config":           flags.String(),
		"flags/conf/druid/historical/runtime.properties":   deepStorage.String(),
		"uri/conf/druid/_common/common.runtime.properties": "druid.metadata.storage.type=mysql\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://druid:hush-6@db:5432/druid?password=hush-7&user=x \n",
		"uri/conf/druid/coordinator/runtime.properties":    "druid.service=druid/coordinator\ndruid.indexer.runner.javaOpts=-Ddruid.s3.secretKey=hush-8 -Xmx1g # hush\n",
		"uri/conf/druid/middleManager/runtime.properties":  "druid.indexer.runner.javaOpts=-Xmx100m -Ddruid.s3.secretKey=hush-9\ndruid.processing.buffer.sizeBytes=536870912\n",
		"uri/conf/druid/overlord/runtime.properties":       "druid.indexer.fork.property.druid.s3.secretKey=hush-10 # x\n",
		"uri/conf/pivot/config.yaml":                       "stateStore:\n  type: mysql\n  connection: mysql://pivot:hush-11@db/pivot\n\tbroken: [\n",
	}
	for name, text := range more {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	for _, target := range []string{"imply-2.7.8", "imply-3.0.19", "druid-38"} {
		outputs := t.TempDir()
		args := []string{"lint", "--target", target}
		for _, format := range report.Names() {
			args = append(args, "--output", format+"="+filepath.Join(outputs, format))
		}
		var out, errs bytes.Buffer
		code := run(append(args, dir), nil, &out, &errs)
		require.Contains(t, []int{exitClean, exitFindings}, code, errs.String())
		require.Empty(t, out.String()+errs.String())
		for _, format := range report.Names() {
			text, err := os.ReadFile(filepath.Join(outputs, format))
			require.NoError(t, err)
			for line := range strings.Lines(string(text)) {
				require.NotContains(t, line, "hush-", "%s %s", format, target)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "baseline.jsonl")
	var out, errs bytes.Buffer
	require.Equal(t, exitClean, run([]string{"baseline", "create", "--baseline", file, dir}, nil, &out, &errs), errs.String())
	known, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Greater(t, bytes.Count(known, []byte("\n")), secrets)
	for line := range strings.Lines(string(known)) {
		require.NotContains(t, line, "hush-", "baseline")
	}
}
