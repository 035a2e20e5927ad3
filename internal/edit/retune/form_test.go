package retune_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/retune"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// formCase is a configuration in a form, and the lines that become others or come to
// it: a line that goes has - before it, one that comes +.
type formCase struct {
	name, file, text string
	figures          map[string]map[string]string // by service: flags, and properties
	want             []string
}

var formCases = []formCase{
	{"compose", "compose.yaml", `x-common: &common
  druid_zk_service_host: zk:2181
services:
  broker:
    image: apache/druid:33.0.0
    command: ["broker"]
    environment:
      <<: *common
      DRUID_XMX: 8g   # the heap
      druid_processing_buffer_sizeBytes: "500MiB"
      druid_server_http_numThreads: 20
  historical:
    image: apache/druid:33.0.0
    command: ["historical"]
    environment:
      - DRUID_XMX=4g
      - 'druid_server_http_numThreads=20'
  router:
    image: apache/druid:33.0.0
    command: ["router"]
`, map[string]map[string]string{
		"broker":     {"-Xmx": "6g", "-XX:MaxDirectMemorySize": "5g", "druid.processing.buffer.sizeBytes": "250MiB", "druid.broker.http.numConnections": "50"},
		"historical": {"-Xmx": "4g", "druid.server.http.numThreads": "60", "druid.cache.type": "caffeine", "druid.segmentCache.locations": `[{"path":"/d","maxSize":7}]`},
		"router":     {"druid.router.http.numConnections": "40", "-Xmx": "2g"},
	}, []string{
		"-      DRUID_XMX: 8g   # the heap", "+      DRUID_XMX: 6g   # the heap",
		`-      druid_processing_buffer_sizeBytes: "500MiB"`, `+      druid_processing_buffer_sizeBytes: "250MiB"`,
		`+      DRUID_MAXDIRECTMEMORYSIZE: "5g"`,
		"-      - 'druid_server_http_numThreads=20'", "+      - 'druid_server_http_numThreads=60'",
		`+      - 'druid_segmentCache_locations=[{"path":"var/druid/segment-cache","maxSize":7}]'`,
		`+    environment:`, `+      DRUID_XMX: "2g"`, `+      druid_router_http_numConnections: "40"`,
	}},
	{"operator", "druid.yaml", `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata:
  name: tiny
spec:
  image: apache/druid:33.0.0
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  jvm.options: |-
    -server
  common.runtime.properties: |
    druid.zk.service.host=zk:2181
  nodes:
    brokers:
      nodeType: broker
      druid.port: 8088
      nodeConfigMountPath: "/opt/druid/conf/druid/cluster/query/broker"
      replicas: 1
      extra.jvm.options: |-
        -Xmx512M
        -Xms512M
      runtime.properties: |
        druid.service=druid/broker
        # connections
        druid.broker.http.numConnections=5

        druid.server.http.numThreads=25
`, map[string]map[string]string{
		"broker": {"-Xmx": "4g", "-XX:MaxDirectMemorySize": "2g", "druid.broker.http.numConnections": "50", "druid.processing.numMergeBuffers": "4"},
	}, []string{
		"-        -Xmx512M", "+        -Xmx4g", "+        -XX:MaxDirectMemorySize=2g",
		"-        druid.broker.http.numConnections=5", "+        druid.broker.http.numConnections=50",
		"+        druid.processing.numMergeBuffers=4",
	}},
	{"helm", "values.yaml", `image:
  repository: apache/druid
  tag: 33.0.0
configVars:
  druid_zk_service_host: "zk:2181"
broker:
  enabled: true
  config:
    DRUID_XMX: 512m # small
    druid_processing_numThreads: "2"
historical:
  enabled: true
  config:
    DRUID_XMX: 1g
`, map[string]map[string]string{
		"broker":     {"-Xmx": "6g", "druid.processing.numThreads": "7", "druid.query.groupBy.maxOnDiskStorage": "10000000000"},
		"historical": {"-Xmx": "3g", "druid.server.maxSize": "300000000000"},
	}, []string{
		"-    DRUID_XMX: 512m # small", "+    DRUID_XMX: 6g # small",
		`-    druid_processing_numThreads: "2"`, `+    druid_processing_numThreads: "7"`,
		`+    druid_query_groupBy_maxOnDiskStorage: "10000000000"`,
		"-    DRUID_XMX: 1g", "+    DRUID_XMX: 3g", `+    druid_server_maxSize: "300000000000"`,
	}},
	{"manifests", "broker.yaml", `apiVersion: apps/v1
kind: Deployment
metadata: {name: broker}
spec:
  template:
    spec:
      containers:
        - name: druid
          image: apache/druid:33.0.0
          args: ["broker"]
          env:
            - name: DRUID_XMX
              value: 1g
            - name: druid_server_http_numThreads
              value: "20"
`, map[string]map[string]string{
		"broker": {"-Xmx": "2g", "druid.broker.http.numConnections": "30"},
	}, []string{
		"-              value: 1g", "+              value: 2g",
		"+            - name: druid_broker_http_numConnections", `+              value: "30"`,
	}},
	{"docker-env", "broker.env", "# the broker\r\nDRUID_XMX=1g\r\ndruid_zk_service_host=zk:2181\r\n", map[string]map[string]string{
		"broker": {"-Xmx": "2g", "druid.broker.http.numConnections": "30"},
	}, []string{"-DRUID_XMX=1g\r", "+DRUID_XMX=2g\r", "+druid_broker_http_numConnections=30\r"}},
}

// figuresPlan is a plan with these figures alone.
func figuresPlan(_ *testing.T, figures map[string]map[string]string) sizing.Plan {
	server := sizing.Server{}
	for _, service := range []string{"broker", "historical", "router"} {
		p := sizing.Process{Service: service}
		for key, value := range figures[service] {
			p.Figures = append(p.Figures, sizing.Figure{Key: key, Value: value, Formula: "f", Source: "s"})
		}
		if len(p.Figures) > 0 {
			server.Processes = append(server.Processes, p)
		}
	}
	return sizing.Plan{Servers: []sizing.Server{server}}
}

// In every form what is planned is written where people write it, line by line, and
// not a byte of any other line changes; read again it is what the plan wants.
func TestForms(t *testing.T) {
	for _, c := range formCases {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile(c.file, []byte(c.text), 0o644))
			plan := figuresPlan(t, c.figures)
			tree := formTree(t, c.file, nil)
			require.Equal(t, c.name, tree.Form)
			changes, notes := retune.Apply(tree, plan)
			require.Empty(t, notes)
			require.Len(t, changes, 1)
			require.Equal(t, c.file, changes[0].Path)
			require.ElementsMatch(t, c.want, lineDiff(c.text, string(changes[0].After)), string(changes[0].After))

			again := formTree(t, c.file, map[string][]byte{conf.RealPath(c.file): changes[0].After})
			further, _ := retune.Apply(again, plan)
			require.Empty(t, further)
			require.Empty(t, again.Problems)
			for service, figures := range c.figures {
				s := again.Service(service)
				for key, want := range figures {
					if strings.HasPrefix(key, "-") {
						require.Contains(t, string(s.JVM.Data), want, service)
					} else if key != "druid.segmentCache.locations" { // of which only the size changes
						require.Equal(t, want, s.Get(key).Text, service+" "+key)
					}
				}
			}
		})
	}
}

func formTree(t *testing.T, name string, overlay map[string][]byte) *conf.Tree {
	trees, err := conf.Open(t.Context(), filepath.FromSlash(name), conf.Options{Overlay: overlay})
	require.NoError(t, err)
	require.Len(t, trees, 1)
	return trees[0]
}

// lineDiff are the lines that go and come; all others are in their order.
func lineDiff(before, after string) (list []string) {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			a, b = a[1:], b[1:]
		case len(b) > 0 && (len(a) == 0 || contains(b, a[0])):
			list, b = append(list, "+"+b[0]), b[1:]
		default:
			list, a = append(list, "-"+a[0]), a[1:]
		}
	}
	return list
}

func contains(list []string, line string) bool {
	for _, l := range list {
		if l == line {
			return true
		}
	}
	return false
}

// A variable that several processes have from one place is not changed for one of them,
// and what cannot be written is said.
func TestSharedPlaces(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("environment", []byte("DRUID_XMX=1g\ndruid_zk_service_host=zk\n"), 0o644))
	tree := formTree(t, "environment", nil)
	changes, notes := retune.Apply(tree, figuresPlan(t, map[string]map[string]string{"broker": {"-Xmx": "8g"}, "historical": {"-Xmx": "4g"}}))
	require.Empty(t, changes)
	require.Equal(t, []string{
		"broker has no line of its own in environment to write these next to: add by hand DRUID_XMX=8g",
		"historical has no line of its own in environment to write these next to: add by hand DRUID_XMX=4g",
	}, notes)
}

// The port of a node in a resource of the operator is a field, and a text on one line
// is one too: no property goes next to them. A folded text has no lines to add one to.
func TestFieldsAreNoPlaces(t *testing.T) {
	for name, text := range map[string]string{
		"folded":   "runtime.properties: >\n        druid.service=druid/historical\n\n        druid.processing.numThreads=1\n",
		"one line": "runtime.properties: druid.service=druid/historical\n",
		"quoted":   "runtime.properties: \"druid.service=druid/historical\\n\n\n        druid.processing.numThreads=1\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile("druid.yaml", []byte(`apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: tiny}
spec:
  image: apache/druid:33.0.0
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  jvm.options: -server
  common.runtime.properties: druid.zk.service.host=zk:2181
  nodes:
    historicals:
      nodeType: historical
      druid.port: 8088
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/data/historical
      `+text), 0o644))
			changes, notes := retune.Apply(formTree(t, "druid.yaml", nil), figuresPlan(t, map[string]map[string]string{"historical": {"druid.cache.type": "caffeine", "druid.processing.numMergeBuffers": "3"}}))
			require.Empty(t, changes)
			require.Len(t, notes, 1)
			require.Contains(t, notes[0], "add by hand ")
			require.Contains(t, notes[0], "druid.processing.numMergeBuffers=3")
		})
	}
}

// What is written in a form has its folders in the containers: size finds nothing to
// change there, and of another plan only the sizes.
func TestWrittenForms(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	site, err := scaffold.ParseSite(addresses)
	require.NoError(t, err)
	two := sizing.Machine{Cores: 16, Memory: 122 << 30, Disks: []sizing.Disk{{Size: 1e12}, {Size: 1e12}}}
	larger := two
	larger.Disks = []sizing.Disk{{Size: 2e12}, {Size: 2e12}}
	for _, form := range scaffold.Forms()[1:] {
		dir := t.TempDir()
		files, err := scaffold.FilesIn(form, planFor(t, target, two, scaffold.Roles(form)), site)
		require.NoError(t, err)
		_, err = scaffold.Write(dir, files, nil)
		require.NoError(t, err)
		trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
		require.NoError(t, err)
		changes, notes := retune.Apply(trees[0], planFor(t, target, two, scaffold.Roles(form)))
		require.Empty(t, changes, form)
		require.Empty(t, notes, form)
		changes, notes = retune.Apply(trees[0], planFor(t, target, larger, scaffold.Roles(form)))
		require.Empty(t, notes, form)
		require.Len(t, changes, 1, form)
		after := string(changes[0].After)
		require.NotContains(t, after, "/mnt/disk1/druid/segment-cache", form)
		require.True(t, strings.Contains(after, `"maxSize":1600000000000}`) || strings.Contains(after, `"maxSize":3200000000000}`), form)
	}
}

func planFor(t *testing.T, target schema.Target, m sizing.Machine, roles []string) sizing.Plan {
	request := sizing.Request{Target: target}
	for _, role := range roles {
		request.Servers = append(request.Servers, sizing.ServerRequest{Role: role, Machine: m})
	}
	plan, err := sizing.Advise(request)
	require.NoError(t, err)
	return plan
}
