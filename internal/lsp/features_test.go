package lsp

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/lint"
)

// desk is a client with one file open; the place is where the mark ^ was.
type desk struct {
	*client
	dir  string
	name string
	text string
	at   position
}

// atDesk opens a file of a workspace in the place of what the disk has. The text
// may have a mark.
func atDesk(t *testing.T, archive, name, text string) desk {
	dir := lay(t, archive)
	d := desk{newClient(t, imply()), dir, filepath.Join(dir, filepath.FromSlash(name)), text, position{}}
	if before, after, ok := strings.Cut(text, "^"); ok {
		d.text = before + after
		d.at = newText([]byte(d.text)).position(len(before))
	}
	d.initialize(dir)
	d.open(d.name, 1, d.text)
	d.client.at(d.name, 1)
	return d
}

func (d desk) params() documentParams {
	return documentParams{TextDocument: textDocument{URI: uriOf(d.name)}, Position: d.at, Range: textRange{d.at, d.at}}
}

// show is a location in few words.
func (d desk) show(list []location) []string {
	shown := []string{}
	for _, l := range list {
		name, _ := pathOf(l.URI)
		rel, err := filepath.Rel(d.dir, name)
		require.NoError(d.t, err)
		shown = append(shown, fmt.Sprintf("%s:%d:%d", filepath.ToSlash(rel), l.Range.Start.Line, l.Range.Start.Character))
	}
	return shown
}

const brokerFile = "conf/druid/broker/runtime.properties"

func TestHover(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string
		not        string
	}{
		"a value and its line": {
			brokerFile, "druid.service=druid/broker\ndruid.proc^essing.buffer.sizeBytes=536870912\n",
			[]string{"- broker: `536870912` = 512 MiB, from [conf/druid/broker/runtime.properties:2](file://", "- historical: `536870912`", "type         int"}, "",
		},
		"what it overrides": {
			brokerFile, "druid.zk.service.host=zk9:21^81\n",
			[]string{"- broker: `zk9:2181`, from [conf/druid/broker/runtime.properties:1]", "it overrides [conf/druid/_common/common.runtime.properties:1]", "- historical: `zk1:2181,zk2:2181,zk3:2181`, from [conf/druid/_common/common.runtime.properties:1]"}, "",
		},
		"who does not read it": {brokerFile, "druid.wor^ker.capacity=3\n", []string{"the process does not read it", "read by      middleManager"}, ""},
		"a secret":             {brokerFile, "druid.metadata.storage.connector.pass^word=hush\n", []string{"- broker: `****`"}, "hush"},
		"unknown":              {brokerFile, "druid.no.such.th^ing=a`b\n", []string{"No release of Druid is known to read `druid.no.such.thing`", "`a'b`"}, ""},
		"an extension":         {"conf/druid/_common/common.runtime.properties", "druid.extensions.loadList=[\"druid-kafka-index^ing-service\"]\n", []string{"druid-kafka-indexing-service"}, "druid.extensions.loadList"},
		"a flag":               {"conf/druid/broker/jvm.config", "-Xmx4g\n-XX:+UseConc^MarkSweepGC\n", []string{"UseConcMarkSweepGC"}, ""},
		"a property of java":   {"conf/druid/broker/jvm.config", "-Xmx4g\n-Ddruid.proc^essing.numThreads=9\n", []string{"- broker: `9`, from [conf/druid/broker/jvm.config:2]"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDesk(t, cluster, c.file, c.text)
			var h *hover
			d.call("textDocument/hover", d.params(), &h)
			require.NotNil(t, h)
			for _, want := range c.want {
				require.Contains(t, h.Contents.Value, want)
			}
			if c.not != "" {
				require.NotContains(t, h.Contents.Value, c.not)
			}
		})
	}
}

// TestHoverOfNothing: a place with nothing, and a file of nothing.
func TestHoverOfNothing(t *testing.T) {
	d := atDesk(t, cluster, brokerFile, "# no^thing\n")
	var h *hover
	d.call("textDocument/hover", d.params(), &h)
	require.Nil(t, h)
	d.open(filepath.Join(d.dir, "README.md"), 1, "druid.processing.numThreads=1")
	d.call("textDocument/hover", documentParams{TextDocument: textDocument{URI: uriOf(filepath.Join(d.dir, "README.md"))}}, &h)
	require.Nil(t, h)
}

// apply makes an action's edit in the open file.
func (d desk) apply(e workspaceEdit) string {
	data := []byte(d.text)
	edits := slices.Clone(e.Changes[uriOf(d.name)])
	slices.SortFunc(edits, func(a, b textEdit) int {
		return cmp.Or(cmp.Compare(b.Range.Start.Line, a.Range.Start.Line), cmp.Compare(b.Range.Start.Character, a.Range.Start.Character))
	})
	for _, one := range edits { // from the last to the first
		data = apply(data, []change{{&one.Range, one.NewText}})
	}
	return string(data)
}

func TestActions(t *testing.T) {
	const properties = "druid.service=druid/broker\r\n  druid.processing.numThread=^3\r\ndruid.port=\\\r\n  a\r\n"
	d := atDesk(t, cluster, brokerFile, properties)
	var list []codeAction
	d.call("textDocument/codeAction", d.params(), &list)
	titles := []string{}
	for _, a := range list {
		titles = append(titles, a.Kind+": "+a.Title)
	}
	require.Equal(t, []string{"quickfix: Write druid.processing.numThreads", "quickfix: Ignore prop-unknown here", "source.fixAll.implycheck: Apply all safe fixes of implycheck in this file"}, titles)
	require.Contains(t, d.apply(list[0].Edit), "\r\n  druid.processing.numThreads=3\r\n")
	require.Equal(t, strings.Replace(d.text, "  druid", "  # implycheck:ignore prop-unknown -- TODO: say why\r\n  druid", 1), d.apply(list[1].Edit))

	d.change(d.name, 2, change{Text: d.apply(list[1].Edit)})
	for _, place := range d.client.at(d.name, 2) {
		require.NotContains(t, place, "prop-unknown")
	}
	p := d.params()
	p.Context.Only = []string{"refactor"}
	d.call("textDocument/codeAction", p, &list)
	require.Empty(t, list)
}

// TestUnsafeFix: what is right in some releases only is one action by itself, and none
// of those that are made together.
func TestUnsafeFix(t *testing.T) {
	dir := lay(t, "-- "+brokerFile+" --\n")
	name := filepath.Join(dir, filepath.FromSlash(brokerFile))
	c := newClient(t, lint.Options{NoConfig: true})
	c.initialize(dir)
	c.open(name, 1, "druid.service=druid/broker\ndruid.processing.numThread=3\n")
	var list []codeAction
	c.call("textDocument/codeAction", documentParams{TextDocument: textDocument{URI: uriOf(name)}, Range: textRange{position{}, position{100, 0}}}, &list)
	require.NotEmpty(t, list)
	require.Equal(t, "Write druid.processing.numThreads", list[0].Title)
	require.False(t, list[0].IsPreferred)
	for _, a := range list {
		require.NotEqual(t, fixAll, a.Kind, a.Title)
	}
}

// TestIgnoreOnlyWhereItWorks: no comment is offered in a jvm.config, or in a text
// within YAML; one that is offered suppresses something.
func TestIgnoreOnlyWhereItWorks(t *testing.T) {
	const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: druid-broker-config\ndata:\n  runtime.properties: |\n    druid.service=druid/broker\n    druid.processing.numThread=3\n"
	for name, file := range map[string]struct{ name, text string }{
		"jvm": {"conf/druid/broker/jvm.config", "-Xmx4g\n-XX:MaxDirectMemorySize=1m\n"},
		"map": {"druid.yaml", manifest},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDesk(t, cluster, file.name, file.text)
			p := d.params()
			p.Range = textRange{position{}, position{100, 0}}
			var list []codeAction
			d.call("textDocument/codeAction", p, &list)
			for i, a := range list {
				rule, isIgnore := strings.CutPrefix(strings.TrimSuffix(a.Title, " here"), "Ignore ")
				if !isIgnore {
					continue
				}
				require.NotEqual(t, "jvm", name)
				require.NotEqual(t, "prop-unknown", rule, "it is inside a text")
				count := func() int { return strings.Count(strings.Join(d.client.at(d.name, 2*i+2), "\n"), rule) }
				d.change(d.name, 2*i+2, change{Text: d.text})
				before := count()
				d.change(d.name, 2*i+3, change{Text: d.apply(a.Edit)})
				d.client.at(d.name, 2*i+3)
				require.Less(t, count(), before, a.Title)
			}
		})
	}
}

// TestFixHasNoMask: what a fix writes is what the file needs, secrets too.
func TestFixHasNoMask(t *testing.T) {
	d := atDesk(t, cluster, "conf/druid/_common/common.runtime.properties", "Druid.metadata.storage.connector.password=hush ^\n")
	p := d.params()
	p.Range = textRange{position{}, position{100, 0}}
	var list []codeAction
	d.call("textDocument/codeAction", p, &list)
	for _, a := range list {
		require.NotContains(t, a.Title, "hush")
		require.NotContains(t, d.apply(a.Edit), "****")
	}
}

func TestCompletion(t *testing.T) {
	const common = "conf/druid/_common/common.runtime.properties"
	const jvm = "conf/druid/historical/jvm.config"
	for name, c := range map[string]struct {
		file, text string
		want, not  []string
		result     string // of the first that is wanted
	}{
		"keys":            {brokerFile, "druid.processing.num^", []string{"druid.processing.numThreads", "druid.processing.numMergeBuffers"}, []string{"druid.worker.capacity"}, "druid.processing.numThreads"},
		"within a key":    {brokerFile, "druid.processing.num^Thr=3", []string{"druid.processing.numThreads"}, nil, "druid.processing.numThreads=3"},
		"of the release":  {brokerFile, "druid.query.scheduler^", nil, []string{"druid.query.scheduler.numThreads"}, ""},
		"a family":        {common, "druid.auth.authenticator.ldap.ty^", []string{"druid.auth.authenticator.ldap.type"}, nil, "druid.auth.authenticator.ldap.type"},
		"a choice":        {common, "druid.storage.type=h^", []string{"hdfs"}, []string{"s3"}, "druid.storage.type=hdfs"},
		"a choice's half": {common, "druid.storage.type = hd^fs\n", []string{"hdfs"}, nil, "druid.storage.type = hdfs\n"},
		"a switch":        {common, "druid.startup.logging.logProperties=^", []string{"true", "false"}, nil, "druid.startup.logging.logProperties=true"},
		"an extension":    {common, "druid.extensions.loadList=[\"druid-kafka-indexing-service\", \"druid-s3^", []string{"druid-s3-extensions"}, []string{"druid-kafka-indexing-service"}, "druid.extensions.loadList=[\"druid-kafka-indexing-service\", \"druid-s3-extensions\""},
		"a first one":     {common, "druid.extensions.loadList=^", []string{"druid-s3-extensions", "druid-kafka-indexing-service"}, nil, "druid.extensions.loadList=[\"druid-s3-extensions\"]"},
		"gone":            {common, "druid.extensions.loadList=[\"^\"]", []string{"druid-datasketches"}, []string{"druid-multi-stage-query"}, "druid.extensions.loadList=[\"druid-datasketches\"]"},
		"a monitor":       {common, "druid.monitoring.monitors=[\"org.apache.druid.java.util.metrics.Jvm^\"]", []string{"org.apache.druid.java.util.metrics.JvmMonitor"}, nil, "druid.monitoring.monitors=[\"org.apache.druid.java.util.metrics.JvmMonitor\"]"},
		"a flag":          {jvm, "-Xmx4g\n-XX:+UseG1^", []string{"-XX:+UseG1GC"}, []string{"-XX:+UseZGC"}, "-Xmx4g\n-XX:+UseG1GC"},
		"a value":         {jvm, "-XX:MaxDirect^", []string{"-XX:MaxDirectMemorySize="}, nil, "-XX:MaxDirectMemorySize="},
		"a -D":            {jvm, "-Ddruid.processing.numT^", []string{"druid.processing.numThreads"}, nil, "-Ddruid.processing.numThreads"},
		"a variable":      {"docker-compose.yml", "services:\n  broker:\n    image: apache/druid:0.15.1\n    command: broker\n    environment:\n      - druid_processing_numT^", []string{"druid_processing_numThreads"}, nil, "services:\n  broker:\n    image: apache/druid:0.15.1\n    command: broker\n    environment:\n      - druid_processing_numThreads"},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDesk(t, cluster, c.file, c.text)
			var list completionList
			d.call("textDocument/completion", d.params(), &list)
			labels := map[string]completionItem{}
			for _, item := range list.Items {
				labels[item.Label] = item
			}
			for _, want := range c.want {
				require.Contains(t, labels, want)
			}
			for _, not := range c.not {
				require.NotContains(t, labels, not)
			}
			if len(c.want) > 0 {
				e := labels[c.want[0]].TextEdit
				require.Equal(t, c.result, d.apply(workspaceEdit{map[string][]textEdit{uriOf(d.name): {e}}}))
			}
		})
	}
}

func TestDefinitionAndReferences(t *testing.T) {
	const router = "\n-- conf/druid/router/runtime.properties --\ndruid.service=druid/router\ndruid.router.defaultBrokerServiceName=druid:broker\n"
	for name, c := range map[string]struct {
		file, text            string
		definition, reference []string
	}{
		"the line that is overridden": {
			brokerFile, "# one\ndruid.zk.^service.host=zk9:2181\n",
			[]string{"conf/druid/_common/common.runtime.properties:0:0"},
			[]string{"conf/druid/_common/common.runtime.properties:0:0", "conf/druid/broker/runtime.properties:1:0"},
		},
		"the line that overrides": {
			"conf/druid/_common/common.runtime.properties", "druid.zk.service.host=zk1\ndruid.plain^textPort=1\n",
			[]string{"conf/druid/broker/runtime.properties:1:0", "conf/druid/historical/runtime.properties:1:0"},
			[]string{"conf/druid/_common/common.runtime.properties:1:0", "conf/druid/broker/runtime.properties:1:0", "conf/druid/historical/runtime.properties:1:0"},
		},
		"a service": {
			"conf/druid/router/runtime.properties", "druid.service=druid/router\ndruid.router.defaultBrokerServiceName=druid:br^oker\n",
			[]string{"conf/druid/broker/runtime.properties:0:0"},
			[]string{"conf/druid/broker/runtime.properties:0:0", "conf/druid/router/runtime.properties:1:0"},
		},
		"nothing": {brokerFile, "# dr^uid\n", []string{}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := atDesk(t, cluster+router, c.file, c.text)
			var list []location
			d.call("textDocument/definition", d.params(), &list)
			require.Equal(t, c.definition, d.show(list))
			d.call("textDocument/references", d.params(), &list)
			require.Equal(t, c.reference, d.show(list))
		})
	}
}

func TestInlayHints(t *testing.T) {
	hints := func(file, text string) []string {
		d := atDesk(t, cluster, file, text)
		p := d.params()
		p.Range = textRange{position{}, position{100, 0}}
		var list []inlayHint
		d.call("textDocument/inlayHint", p, &list)
		found := []string{}
		for _, h := range list {
			found = append(found, fmt.Sprintf("%d:%d %s", h.Position.Line, h.Position.Character, h.Label))
		}
		return found
	}
	require.Equal(t, []string{
		"1:43 = 512 MiB; direct memory 512 MiB x (3 threads + 2 merge buffers + 1) = 3 GiB", "4:34 = 5 minutes",
	}, hints(brokerFile, "druid.service=druid/broker\ndruid.processing.buffer.sizeBytes=536870912\ndruid.processing.numThreads=3\ndruid.processing.numMergeBuffers=2\ndruid.broker.http.readTimeout=PT5M\ndruid.metadata.storage.connector.password=1073741824\n")[:2])
	require.Equal(t, []string{"0:14 = 4 GiB", "2:26 needs 3 GiB"}, hints("conf/druid/historical/jvm.config", "-Xmx4294967296\n-Xms4g\n-XX:MaxDirectMemorySize=2g\n"))
}

func TestSymbols(t *testing.T) {
	d := atDesk(t, cluster, brokerFile, "# one\ndruid.service=druid/broker\ndruid.port=\\\n  80\ndruid.metadata.storage.connector.password=hush\n")
	var list []documentSymbol
	d.call("textDocument/documentSymbol", d.params(), &list)
	found := []string{}
	for _, s := range list {
		found = append(found, fmt.Sprintf("%d-%d %s %s", s.Range.Start.Line, s.Range.End.Line, s.Name, s.Detail))
	}
	require.Equal(t, []string{"1-1 druid.service druid/broker", "2-3 druid.port 80", "4-4 druid.metadata.storage.connector.password ****"}, found)
}

// TestForms: a Compose file and the file of its variables, neither saved.
func TestForms(t *testing.T) {
	const compose = "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: broker\n    env_file: environment\n    environment:\n      - druid_processing_numThread=3\n"
	dir := lay(t, "-- docker/docker-compose.yml --\n"+compose+"-- docker/environment --\ndruid_zk_service_host=zk:2181\n")
	c := newClient(t, imply())
	c.initialize(dir)
	name, env := filepath.Join(dir, "docker/docker-compose.yml"), filepath.Join(dir, "docker/environment")
	require.Contains(t, strings.Join(c.at(name, 0), "\n"), "prop-unknown")
	c.open(env, 1, "druid_zk_service_host=zk:2181\ndruid_no_such_key=1\n")
	require.Contains(t, strings.Join(c.at(env, 1), "\n"), "1:0-17 prop-unknown")
	d := desk{c, dir, env, "", position{1, 9}}
	var h *hover
	d.call("textDocument/hover", d.params(), &h)
	require.NotNil(t, h)
	require.Contains(t, h.Contents.Value, "druid.no.such.key")
	require.NoError(t, os.Remove(env))
	c.close(env)
	c.until("the file to be cleared", func() bool { return len(c.diagnostics[env].Diagnostics) == 0 })
	c.leave()
}

// TestSeveralTrees: two in one folder, one outside of every folder of the
// workspace, and one that comes and goes with its folder.
func TestSeveralTrees(t *testing.T) {
	two := strings.ReplaceAll(cluster, "-- conf/", "-- a/conf/") + strings.ReplaceAll(cluster, "-- conf/", "-- b/conf/")
	dir, outside := lay(t, two), lay(t, cluster)
	c := newClient(t, imply())
	c.initialize(dir)
	const rule = "3:0-26 mem-direct-insufficient"
	file := "conf/druid/historical/jvm.config"
	require.Contains(t, c.at(filepath.Join(dir, "a", file), 0), rule)
	require.Contains(t, c.at(filepath.Join(dir, "b", file), 0), rule)
	name := filepath.Join(outside, file)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	c.open(name, 7, string(data))
	require.Contains(t, c.at(name, 7), rule)
	c.close(name)
	c.until("what nobody looks at to be cleared", func() bool { return len(c.diagnostics[name].Diagnostics) == 0 })
	c.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"removed": []workspaceFolder{{uriOf(dir)}}, "added": []workspaceFolder{{uriOf(outside)}}}})
	c.until("the folder that went to be cleared", func() bool { return len(c.diagnostics[filepath.Join(dir, "a", file)].Diagnostics) == 0 })
	c.until("the folder that came", func() bool { return slices.Contains(places(c.diagnostics[name].Diagnostics), rule) })
	c.leave()
}

// TestFileOfNobodys: what a Compose file outside of the workspace reads lies in no
// folder that is looked at, and is told of all the same.
func TestFileOfNobodys(t *testing.T) {
	workspace := lay(t, cluster)
	dir := lay(t, `-- compose.yaml --
services:
  broker:
    image: apache/druid:28.0.1
    command: [broker]
    env_file: [broker.env]
-- broker.env --
druid_processing_numThread=1
`)
	c := newClient(t, imply())
	c.initialize(workspace)
	compose, env := filepath.Join(dir, "compose.yaml"), filepath.Join(dir, "broker.env")
	data, err := os.ReadFile(compose)
	require.NoError(t, err)
	c.open(compose, 1, string(data))
	c.until("the file that it reads", func() bool { return slices.Contains(places(c.diagnostics[env].Diagnostics), "0:0-26 prop-unknown") })
	c.close(compose)
	c.until("it to be cleared with it", func() bool { return len(c.diagnostics[env].Diagnostics) == 0 })
	c.leave()
}
