package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/lint/policy"
	"github.com/implycheck/implycheck/schema"
)

// marker is in every planted secret, and in nothing else.
const marker = "hush7"

// shapes are texts with a secret in the place of %s, wherever they stand.
var shapes = []string{
	`jdbc:postgresql://user:%s@db/druid`, `jdbc:mysql://user:p/%s@db/druid`, `jdbc:mysql://user:p@%s@db/druid`, `jdbc:mysql://db/druid?user=x&password=%s`,
	`jdbc:sqlserver://db;pass=%s;x=y`, `jdbc:oracle:thin:scott/%s@//db:1521/x`, `redis://%s@h`, `ftp://:%s@h/`, `http://x/?token=%s`, `user:%s@zk:2181`,
	`https://b/x?X-Amz-Signature=%s`, `https://a/c?sv=1&sig=%s&se=2`, `DefaultEndpointsProtocol=https;AccountKey=%s;EndpointSuffix=y`,
	`Authorization: Bearer %s`, `Basic %sdXNlcg==`, `eyJhbGciOiJIUzI1NiJ9.%s0123456789.abc`, `AKIA%sIOSFODNN7`, `ghp_%s42F292c6912E7710`, `hooks.slack.com/services/T0/B0/%s`,
	`X required username=u password=%s;`, `bin/x --token %s -y`, `curl -u user:%s http://x`, `-Djavax.net.ssl.keyStorePassword %s`, `mysql -uroot -p%s d`, `digest:u:%s`,
	`-----BEGIN PRIVATE KEY-----%s`, `{"password":"%s"}`, `{"type":"default","password":"%s"}`, `[{"name":"DB_PASSWORD","value":"%s"}]`,
}

// secretKeys are keys whose value is a secret, some of them misspelt.
var secretKeys = []string{
	"password", "druid.metadata.storage.connector.password", "druid.metadata.storage.conector.passwrd", "druid.s3.secertKey", "druid.azure.kye", "druid.x.apiKey",
	"druid.x.api-key", "druid.x.signingKey", "druid.x.privateKey", "druid.x.pwd", "fs.s3a.secret.key", "cookieSecret", "PGPASSWORD", "druid.cache.password.x",
}

// kinds are the files of a tree: what a line with a value looks like, of a key or
// under a name of no meaning, and what stands around the lines.
var kinds = []struct {
	file, before, after string
	value               func(key, text string) string
}{
	{"druid/_common/common.runtime.properties", "druid.zk.service.host=zk\n", "", func(key, text string) string { return key + "=" + text + "\n" }},
	{"druid/broker/runtime.properties", "druid.service=druid/broker\ndruid.processing.numThreads=x\n", "", func(key, text string) string { return "#" + key + " = " + text + "\n" }},
	{"druid/overlord/runtime.properties", "druid.service=druid/overlord\n", "", func(key, text string) string { return key + "=\\\n   " + text + "\n" }},
	{"druid/historical/runtime.properties", "druid.service=druid/historical\n", "", func(key, text string) string { return key + " \\u0020" + text + "\n" }},
	{"druid/middleManager/runtime.properties", "druid.service=druid/middleManager\ndruid.indexer.runner.javaOpts=-Xmx1q", "\n", func(key, text string) string { return " -D" + key + "=" + strings.ReplaceAll(text, " ", "\t") }},
	{"druid/broker/jvm.config", "-Xmx1q\n", "", func(key, text string) string { return "-D" + key + "='" + text + "'\n" }},
	{"druid/historical/jvm.config", "-Xmx1q\n", "", func(key, text string) string {
		return "-D" + key + "=" + strings.NewReplacer(" ", `\ `, `"`, `\"`).Replace(text) + "\n"
	}},
	{"druid/broker/main.config", "org.apache.druid.cli.Main server broker\n", "", func(key, text string) string { return "-D" + key + "='" + text + "'\n" }},
	{"zk/zoo.cfg", "tickTime=x\n", "", func(key, text string) string { return key + " : " + text + "\n" }},
	{"supervise/data.conf", "not a line\n", "", func(key, text string) string { return "x-" + key + " bin/x --" + key + "='" + text + "'\n" }},
	{"pivot/config.yaml", "stateStore:\n  type: bogus\nx:\n", "", func(key, text string) string { return "  " + key + ": '" + text + "'\n" }},
	{"pivot/config.yaml", "x:\n", "y: [\n", func(key, text string) string { return "  " + key + ": '" + text + "'\n" }},
	{"pivot/config.yaml", "x:\n", "", func(key, text string) string { return "  " + key + ": >-\n    " + text + "\n" }},
	{"tranquility/server.json", `{"dataSources":{"x":{}},"properties":{`, `"z":1}}`, func(key, text string) string { return quoted(key) + ":" + quoted(text) + ",\n" }},
	{"tranquility/kafka.json", `{"properties":{`, ``, func(key, text string) string { return quoted(key) + ":" + quoted(text) + ",\n" }},
	{"druid/_common/core-site.xml", "<configuration>\n", "</configuration>\n", func(key, text string) string {
		return "<property><name>" + key + "</name>\n<value>" + html.EscapeString(text) + "</value></property>\n"
	}},
	{"druid/_common/hdfs-site.xml", "<configuration>\n", "", func(key, text string) string {
		return "<property><name>" + key + "</name>\n<value>" + html.EscapeString(text) + "</valu></property>\n"
	}},
	{"druid/_common/log4j2.xml", "<Configuration><Appenders>\n", "</Appenders><Loggers><Root level=\"bogus\"/></Loggers></Configuration>\n", func(key, text string) string {
		return "<Property name=\"" + key + "\">" + html.EscapeString(text) + "</Property>\n"
	}},
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// plant writes a tree in which one file holds all shapes and keys. Each name is
// new: a secret that is found once is hidden everywhere, and must not help others.
func plant(t *testing.T, dir string, kind int, keys []string) {
	k := kinds[kind]
	text, n := k.before, 0
	secret := func() string { n++; return fmt.Sprintf("%sq%02dk%02d", marker, kind, n) }
	for i, shape := range shapes {
		text += k.value(fmt.Sprintf("druid.acme.x%d", i), strings.ReplaceAll(shape, "%s", secret()))
	}
	for _, key := range keys {
		text += k.value(key, secret())
	}
	for name, text := range map[string]string{
		"druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n", "druid/broker/runtime.properties": "druid.service=druid/broker\n",
		"druid/broker/jvm.config": "-Xmx1g\n", "druid/middleManager/runtime.properties": "druid.service=druid/middleManager\n", k.file: text + k.after,
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

// everyCommand is every command that reads a tree, in every format, with TREE and
// BEFORE in the place of the trees.
func everyCommand() [][]string {
	list := [][]string{
		{"lint", "--fix", "--diff", "TREE"}, {"lint", "--diff", "--unsafe", "TREE"}, {"lint", "--no-ignores", "--ha", "TREE", "BEFORE"}, {"baseline", "create", "TREE"},
		{"size", "--instance", "r4.2xlarge", "--conf", "TREE"}, {"show", "TREE", "nothing-like-it"}, {"config", "show", "TREE"}, {"diff", "TREE:broker", "TREE:broker"},
		{"lint", "--policy", "POLICY", "TREE"},
	}
	for _, format := range report.Names() {
		list = append(list, []string{"lint", "--format", format, "TREE"})
	}
	for _, format := range slices.Sorted(maps.Keys(report.EffectiveFormats.Get())) {
		list = append(list, []string{"show", "--all", "--format", format, "TREE"}, []string{"show", "--peon", "--format", format, "TREE"})
	}
	for _, format := range policy.Formats() {
		list = append(list, []string{"export", "--format", format, "TREE"})
	}
	for _, format := range portsFormats() {
		list = append(list, []string{"ports", "--role", "query", "--format", format, "TREE"})
	}
	for _, format := range report.DiffNames() {
		list = append(list, []string{"diff", "--format", format, "BEFORE", "TREE"}, []string{"diff", "--format", format, "TREE", "BEFORE"})
	}
	for _, format := range report.UpgradeFormats {
		list = append(list, []string{"diff", "--to", "druid-34", "--format", format, "TREE"})
	}
	return list
}

// TestNoSecretIsPrinted plants every shape and key into every kind of file, and
// looks for them in everything that every command prints and writes.
func TestNoSecretIsPrinted(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, many cases")
	}
	rule := filepath.Join(t.TempDir(), "p.cue")
	require.NoError(t, os.WriteFile(rule, []byte("services: [string]: [=~\"acme|pass|ey$\"]: \"x\"\n"), 0o600))
	for i, k := range kinds {
		t.Run(fmt.Sprintf("%d %s", i, k.file), func(t *testing.T) {
			dir := t.TempDir()
			plant(t, filepath.Join(dir, "before"), i, nil)
			plant(t, filepath.Join(dir, "conf"), i, secretKeys)
			for _, args := range everyCommand() {
				for j, arg := range args {
					args[j] = strings.NewReplacer("TREE", filepath.Join(dir, "conf"), "BEFORE", filepath.Join(dir, "before"), "POLICY", rule).Replace(arg)
				}
				requireNoSecret(t, dir, args)
			}
		})
	}
}

// requireNoSecret runs a command in a folder of its own.
func requireNoSecret(t *testing.T, dir string, args []string) {
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	code := run(args, strings.NewReader(""), &out, &errs)
	require.Contains(t, []int{exitClean, exitFindings, exitUsage}, code, errs.String())
	texts := []string{out.String(), errs.String()}
	if file, err := os.ReadFile(baselineName); err == nil {
		texts = append(texts, string(file))
	}
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if strings.Contains(line, marker) {
				t.Fatalf("%v:\n%s", strings.ReplaceAll(strings.Join(args, " "), dir, ""), line)
			}
		}
	}
}

// TestShowSecrets: there is one way to see them.
func TestShowSecrets(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, 0, secretKeys)
	var out, errs bytes.Buffer
	require.Equal(t, exitClean, run([]string{"show", "--show-secrets", dir}, nil, &out, &errs), errs.String())
	require.Contains(t, out.String(), marker)
}

// TestWordsAsSecrets: a password that is a word of the language is hidden where it
// is one, and nowhere else.
func TestWordsAsSecrets(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "druid/_common/common.runtime.properties")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte("druid.storage.bucket=swordfish\ndruid.metadata.storage.connector.password=swordfish # x\ndruid.storage.archiveBucket=s3://u:mackerel@b\ndruid.s3.secretKey=eel \n"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "druid/broker"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "druid/broker/runtime.properties"), []byte("druid.service=druid/broker\n"), 0o644))
	for _, format := range report.Names() {
		var out, errs bytes.Buffer
		run([]string{"lint", "--verbose", "--format", format, "--target", "druid-28", dir}, nil, &out, &errs)
		require.Contains(t, out.String(), "password", format)
		for _, secret := range []string{"swordfish", "mackerel", "eel"} {
			require.NotContains(t, strings.ReplaceAll(out.String(), "druid.storage.bucket=swordfish", ""), secret, format)
		}
	}
	var out, errs bytes.Buffer
	require.Equal(t, exitClean, run([]string{"show", dir, "storage"}, nil, &out, &errs), errs.String())
	require.Contains(t, out.String(), "swordfish", "the bucket")
	require.NotContains(t, out.String(), "mackerel")
}

// TestKeysNearSecrets: whatever a finger makes of a secret's key, the value is not
// printed as long as the right key is suggested.
func TestKeysNearSecrets(t *testing.T) {
	var secrets []schema.Property
	for _, p := range schema.Properties() {
		if p.Secret {
			secrets = append(secrets, p)
		}
	}
	require.Greater(t, len(secrets), 50)
	rapid.Check(t, func(t *rapid.T) {
		name := []byte(strings.NewReplacer("<name>", "basic").Replace(rapid.SampledFrom(secrets).Draw(t, "property").Name))
		for range rapid.IntRange(1, 4).Draw(t, "slips") {
			i := rapid.IntRange(len("druid."), len(name)-1).Draw(t, "at")
			letter := byte(rapid.IntRange('a', 'z').Draw(t, "letter"))
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				name[i] = letter
			case 1:
				name = slices.Insert(name, i, letter)
			case 2:
				name = slices.Delete(name, i, i+1)
			case 3:
				name[i], name[i-1] = name[i-1], name[i]
			}
		}
		key := string(name)
		for _, near := range schema.Suggest(key, schema.Newest)[:min(1, len(schema.Suggest(key, schema.Newest)))] {
			if p, ok := schema.Lookup(near); ok && p.Secret {
				if known, ok := schema.Lookup(key); (!ok || strings.HasSuffix(known.Name, "<any>")) && !schema.IsSecret(key) {
					t.Fatalf("%s is said to be %s, and its value is printed", key, near)
				}
			}
		}
	})
}
