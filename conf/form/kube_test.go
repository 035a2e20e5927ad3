package form

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read reads a file of a project in the form that knows it.
func read(t *testing.T, main string, project map[string]string) *Tree {
	t.Helper()
	sources := map[string]*Source{}
	for name, text := range project {
		sources[name] = &Source{Path: name, Data: []byte(text)}
	}
	in := &Input{
		Guess: 33,
		File: func(name string) (*Source, error) {
			if s := sources[name]; s != nil {
				return s, nil
			}
			for file := range sources {
				if strings.HasPrefix(file, name+"/") {
					return nil, ErrFolder
				}
			}
			return nil, errors.New("is not there")
		},
		Names: func() []string { return slices.Sorted(maps.Keys(project)) },
	}
	for _, f := range Forms() {
		if f.Detect(sources[main]) {
			trees := Read(f, in, sources[main])
			require.Len(t, trees, 1)
			return trees[0]
		}
	}
	require.Fail(t, "no form knows the file")
	return nil
}

// text is a file of a service, without what comes from the image.
func (t *Tree) textOf(unit, name string) string {
	var b strings.Builder
	for _, f := range t.Files {
		if f.Name != name || f.Unit != unit && f.Unit != "" {
			continue
		}
		for _, line := range f.Text.lines() {
			if !line.Find(0, len(line.s)).Stock && strings.TrimSpace(line.s) != "" {
				b.WriteString(strings.TrimSuffix(line.s, "\n") + "\n")
			}
		}
	}
	return b.String()
}

func (t *Tree) facts(kind FactKind) (list []Fact) {
	for _, f := range t.Facts {
		if f.Kind == kind {
			list = append(list, f)
		}
	}
	return list
}

func (p Place) line() int {
	if p.Source == nil {
		return 0
	}
	return 1 + strings.Count(string(p.Source.Data[:p.From]), "\n")
}

const operatorResource = `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: tiny}
spec:
  image: apache/druid:33.0.0
  common.runtime.properties: |
    druid.metadata.storage.type=derby
  metadataStore: {type: default, spec: {properties: "druid.metadata.storage.type=postgresql"}}
  jvm.options: "-server\n-Xmx4g"
  env: [{name: druid_sql_enable, value: "true"}]
  nodes:
    brokers:
      nodeType: broker
      druid.port: 8088
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/query/broker
      jvm.options: "-Xmx1g"
      extra.jvm.options: "-Dx=1"
      runtime.properties: |
        druid.plaintextPort=8082
    coordinators:
      nodeType: coordinator
      druid.port: 8088
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/master/coordinator
      extra.jvm.options: "-Xms1g"
      runtime.properties: |
        druid.service=druid/coordinator
`

func TestOperator(t *testing.T) {
	tree := read(t, "druid.yaml", map[string]string{"druid.yaml": operatorResource})
	// The block comes behind the text, in the one file that all nodes get, and what a
	// variable sets behind that.
	assert.Equal(t, "druid.metadata.storage.type=derby\ndruid.metadata.storage.type=postgresql\ndruid.sql.enable=true\n", tree.textOf("", "common.runtime.properties"))
	assert.Equal(t, "druid.port=8088\ndruid.plaintextPort=8082\n", tree.textOf("brokers", "runtime.properties"))
	assert.Equal(t, "-Xmx1g\n-Dx=1\n", tree.textOf("brokers", "jvm.config"))
	// The coordinator's folder is not where the image looks.
	assert.Empty(t, tree.textOf("coordinators", "jvm.config"))
	unread := tree.facts(Unread)
	require.Len(t, unread, 1)
	assert.Equal(t, 23, unread[0].At.line())
	replaced := tree.facts(Replaced)
	assert.Empty(t, replaced, "-server is nobody's loss, and -Xmx is set anew")
	assert.Equal(t, "-XX:MaxDirectMemorySize=1g", missingFlags("-server\n-Xmx1g\n-XX:+UseG1GC\n-XX:MaxDirectMemorySize=1g", "-Xmx2g -XX:-UseG1GC"))
}

const twoConfigMaps = `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {druid_a: "1", druid.b: "2", druid_c: "0"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data: {druid_a: "3", d: "5"}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {password: c2VjcmV0}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: druid-broker}
spec:
  template:
    spec:
      initContainers:
        - {name: init, image: "apache/druid:33.0.0", args: [broker]}
      containers:
        - name: side
          image: busybox
        - name: druid
          image: apache/druid:33.0.0
          args: [broker]
          envFrom:
            - configMapRef: {name: a}
            - configMapRef: {name: b}
            - prefix: druid_x_
              configMapRef: {name: b}
            - configMapRef: {name: elsewhere, optional: true}
          env:
            - name: druid_a
              value: "4"
            - name: HOST
              value: broker.druid
            - name: druid_host
              value: $(HOST).svc$$(NO)
            - name: druid_metadata_storage_connector_password
              valueFrom: {secretKeyRef: {name: s, key: password}}
          resources:
            limits: {memory: 1536Mi, cpu: 500m}
            requests: {memory: "1e9"}
`

func TestManifestEnvironment(t *testing.T) {
	tree := read(t, "all.yaml", map[string]string{"all.yaml": twoConfigMaps})
	require.Len(t, tree.Containers, 1)
	text := tree.textOf("druid-broker", "runtime.properties")
	for _, line := range []string{
		"druid.a=4", "druid.c=0", "druid.x.d=5", "druid.host=broker.druid.svc$(NO)",
		"druid.metadata.storage.connector.password=${druid_metadata_storage_connector_password}",
	} {
		assert.Contains(t, text, line+"\n")
	}
	assert.NotContains(t, text, "druid.b=", "a name with a dot is lost")
	assert.NotContains(t, text, "secret")
	limits := tree.Containers["druid-broker"]
	assert.Equal(t, []any{int64(1536 << 20), int64(1e9), 0.5}, []any{limits.Memory, limits.Asked, limits.CPUs})
	assert.Empty(t, tree.facts(Absent))
}

func TestManifestFiles(t *testing.T) {
	project := map[string]string{
		"k8s/config/common.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: common}\ndata:\n  common.runtime.properties: |\n    druid.zk.service.host=zk\n",
		"k8s/kustomization.yaml": "configMapGenerator:\n- name: broker\n  files: [runtime.properties=broker.properties]\n  literals: ['jvm.config=\"-Xmx1g\"']\n",
		"k8s/broker.properties":  "druid.service=druid/broker\n",
		"k8s/broker/broker.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: broker}
spec:
  template:
    spec:
      containers:
        - name: druid
          image: apache/druid:33.0.0
          command: [/druid.sh, broker]
          volumeMounts:
            - {name: common, mountPath: /opt/druid/conf/druid/cluster/_common/common.runtime.properties, subPath: common.runtime.properties}
            - {name: own, mountPath: /opt/apache-druid-33.0.0/conf/druid/cluster/query/broker/}
            - {name: data, mountPath: /opt/druid/var}
      volumes:
        - {name: common, configMap: {name: common}}
        - {name: own, configMap: {name: broker}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {resources: {requests: {storage: 5Gi}}}
`,
	}
	tree := read(t, "k8s/broker/broker.yaml", project)
	assert.Equal(t, "druid.zk.service.host=zk\n", tree.textOf("", "common.runtime.properties"))
	assert.Contains(t, tree.textOf("broker", "runtime.properties"), "druid.service=druid/broker\n")
	assert.Equal(t, "-Xmx1g\n", tree.textOf("broker", "jvm.config"))
	mounts := tree.Containers["broker"].Mounts
	assert.Equal(t, int64(5<<30), mounts[len(mounts)-1].Size)
	assert.Empty(t, tree.facts(NoLog), "of _common one file is mounted, and log4j2.xml stays")
	var used []string
	for _, s := range tree.Sources {
		used = append(used, s.Path)
	}
	assert.ElementsMatch(t, []string{"k8s/broker/broker.yaml", "k8s/config/common.yaml", "k8s/kustomization.yaml", "k8s/broker.properties"}, used)
}

// TestAbsentConfig keeps quiet about what a ConfigMap may set that is not here.
func TestAbsentConfig(t *testing.T) {
	text := strings.Replace(twoConfigMaps, "configMapRef: {name: b}\n            - prefix", "configMapRef: {name: helm-made}\n            - prefix", 1)
	tree := read(t, "all.yaml", map[string]string{"all.yaml": text})
	require.Len(t, tree.facts(Absent), 1)
	for _, f := range tree.Files {
		if f.Unit != "" {
			assert.True(t, f.Open, f.Name)
		}
	}
}

func TestQuantity(t *testing.T) {
	for text, want := range map[string]int64{"4Gi": 4 << 30, "512M": 512e6, "1.5Mi": 3 << 19, "1e9": 1e9, "128974848": 128974848, "1500m": 1, "2k": 2000} {
		got, ok := quantity(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "4 Gi", "Gi", "-1", "4gb"} {
		_, ok := quantity(text)
		assert.False(t, ok, text)
	}
}

const prodValues = `image: {tag: 25.0.0}
configVars:
  druid_metadata_storage_type: mysql
  druid_storage_type: s3
broker:
  config:
    druid_processing_buffer_sizeBytes: 268435456
    DRUID_XMX: null
overlord:
  enabled: false
  javaOpts: "-Xmx1g"
coordinator:
  javaOpts: "-Xmx1g"
historical:
  persistence: {size: 8Gi}
postgresql: {enabled: true}
zookeeper: {enabled: true}
`

// TestChartOverwrites reads values that lie over those of the chart.
func TestChartOverwrites(t *testing.T) {
	tree := read(t, "prod.yaml", map[string]string{"prod.yaml": prodValues})
	assert.Equal(t, "apache/druid:25.0.0", tree.Images[0].Text)
	var units []string
	for unit := range tree.Containers {
		units = append(units, unit)
	}
	assert.ElementsMatch(t, []string{"broker", "coordinator", "historical", "middleManager", "router"}, units)
	all := tree.textOf("broker", "common.runtime.properties") + tree.textOf("broker", "runtime.properties")
	assert.Contains(t, all, "druid.metadata.storage.type=postgresql\n", "the chart's sub-chart wins")
	assert.Contains(t, all, "druid.storage.type=s3\n")
	assert.Contains(t, all, "druid.zk.service.host=${release}-zookeeper-headless:2181\n")
	assert.Contains(t, all, "druid.processing.buffer.sizeBytes=2.68435456e+08\n")
	overwritten := tree.facts(Overwritten)
	require.Len(t, overwritten, 1)
	assert.Equal(t, []any{3, "postgresql.enabled"}, []any{overwritten[0].At.line(), overwritten[0].Detail})
	ignored := tree.facts(Ignored)
	require.Len(t, ignored, 1, "the Overlord is not installed")
	assert.Equal(t, 13, ignored[0].At.line())
	require.Len(t, tree.facts(Reformatted), 1)
	jvm := ""
	for _, f := range tree.Files {
		if f.Unit == "broker" && f.Name == "jvm.config" {
			jvm = f.Text.s
		}
	}
	assert.Contains(t, jvm, "-XX:MaxDirectMemorySize=400m\n", "that of the chart stays")
	assert.Contains(t, jvm, "-Xmx12g\n", "and null brings back the image's")
	assert.Equal(t, int64(8<<30), tree.Containers["historical"].Mounts[0].Size)
}

// TestWiremind reads values of the chart whose Secret and own variables come last.
func TestWiremind(t *testing.T) {
	tree := read(t, "values.yaml", map[string]string{
		"Chart.yaml": "name: druid\nappVersion: 30.0.1\n",
		"values.yaml": `image: {repository: apache/druid, tag: ""}
extensions: {loadList: [a, b]}
configVars: {druid_extensions_loadList: '["c"]', druid_x: 1}
secretEnvVars: {druid_s: hidden}
postgresql: {enabled: true, auth: {database: d}}
broker: {envVars: {druid_x: "2", druid_s: "3"}, secretEnvVars: {}}
indexer:
  defaults: {envVars: {}}
  categories:
    default: {envVars: {druid_worker_capacity: "2"}, resources: {limits: {memory: 2Gi}}}
    off: {enabled: false, envVars: {druid_worker_capacity: "2"}}
`})
	assert.Equal(t, "apache/druid:30.0.1", tree.Images[0].Text)
	text := tree.textOf("broker", "common.runtime.properties") + tree.textOf("broker", "runtime.properties")
	for _, line := range []string{`druid.extensions.loadList=["a","b"]`, "druid.x=2", "druid.s=${druid_s}", "druid.metadata.storage.type=postgresql"} {
		assert.Contains(t, text, line+"\n")
	}
	require.Contains(t, tree.Containers, "indexer-default")
	assert.Equal(t, int64(2<<30), tree.Containers["indexer-default"].Memory)
	assert.Len(t, tree.Containers, 2)
	var roles []string
	for _, f := range tree.Files {
		if f.Name == "runtime.properties" {
			roles = append(roles, f.Service)
		}
	}
	assert.ElementsMatch(t, []string{"broker", "middleManager"}, roles)
}

// TestClaimsElsewhere reads the size of a volume from a claim in a file of its own, which
// names nothing of Druid.
func TestClaimsElsewhere(t *testing.T) {
	tree := read(t, "k8s/historical.yaml", map[string]string{
		"k8s/historical.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: historical}
spec:
  template:
    spec:
      containers:
        - {name: historical, image: "apache/druid:33.0.0", args: [historical], volumeMounts: [{name: v, mountPath: /opt/druid/var}]}
      volumes: [{name: v, persistentVolumeClaim: {claimName: hist-var}}]
`,
		"k8s/claim.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: hist-var}\nspec: {resources: {requests: {storage: 1Gi}}}\n",
	})
	require.Equal(t, int64(1<<30), tree.Containers["historical"].Mounts[0].Size)
}

// TestStackable keeps what the operator writes of its own, below what is overridden,
// and claims to know nothing else.
func TestStackable(t *testing.T) {
	tree := read(t, "druid.yaml", map[string]string{"druid.yaml": `apiVersion: druid.stackable.tech/v1alpha1
kind: DruidCluster
spec:
  image: {productVersion: 33.0.0}
  historicals:
    config: {resources: {memory: {limit: 2Gi}, storage: {segmentCache: {emptyDir: {capacity: 5Gi}}}}}
    configOverrides: {runtime.properties: {druid.server.tier: cold, druid.processing.numThreads: "3"}}
    roleGroups:
      hot: {configOverrides: {runtime.properties: {druid.server.tier: hot}}}
      cold: {config: {resources: {memory: {limit: 4Gi}}}}
`})
	assert.Equal(t, "druid.server.tier=hot\n", tree.textOf("historical-hot", "runtime.properties"))
	assert.Equal(t, "druid.processing.numThreads=3\ndruid.server.tier=cold\n", sorted(tree.textOf("", "common.runtime.properties")+tree.textOf("historical-cold", "runtime.properties")))
	assert.Equal(t, []int64{2 << 30, 4 << 30}, []int64{tree.Containers["historical-hot"].Memory, tree.Containers["historical-cold"].Memory})
	for _, f := range tree.Files {
		assert.True(t, f.Open)
		assert.NotEqual(t, "jvm.config", f.Name)
	}
}

func sorted(text string) string {
	lines := slices.Compact(slices.Sorted(strings.Lines(text)))
	return strings.Join(lines, "")
}

// TestEndlessAliases reads files in which few lines stand for more values than there
// is memory.
func TestEndlessAliases(t *testing.T) {
	var b strings.Builder
	b.WriteString("x0: &x0 {a: 1, b: 1}\n")
	for n := 1; n < 60; n++ {
		fmt.Fprintf(&b, "x%d: &x%d {a: *x%d, b: *x%d}\n", n, n, n-1, n-1)
	}
	values := b.String() + "broker: *x59\nconfigVars: {druid_a: *x59, druid_b: '1'}\nrouter: {config: {druid_c: *x59}}\n"
	tree := read(t, "a/values.yaml", map[string]string{"a/values.yaml": values})
	require.NotEmpty(t, tree.facts(Reformatted))
	merged := read(t, "a/prod.yaml", map[string]string{"a/Chart.yaml": "name: druid\n", "a/values.yaml": values, "a/prod.yaml": values})
	require.NotEmpty(t, merged.Files)

	b.Reset()
	b.WriteString("kind: List\nx0: &x0 {kind: List, items: []}\n")
	for n := 1; n < 60; n++ {
		fmt.Fprintf(&b, "x%d: &x%d {kind: List, items: [%s]}\n", n, n, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", n-1), 100), ", "))
	}
	s := &Source{Path: "list.yaml", Data: []byte(b.String() + "items: [*x59]\n")}
	require.Empty(t, objects(s))
}

func TestAmbariBlueprint(t *testing.T) {
	tree := read(t, "blueprint.json", map[string]string{"blueprint.json": `{
  "Blueprints": {"stack_name": "HDP"},
  "configurations": [
    {"druid-common": {"properties": {"druid.zk.paths.base": "/druid", "druid.metadata.storage.connector.password": "%SERVICE_PASSWORD%", "database_name": "druid"}}},
    {"druid-env": {"properties": {"druid.broker.jvm.heap.memory": "2048", "druid.broker.jvm.direct.memory": "1048576", "druid.broker.jvm.opts": "-Dx=1"}}},
    {"druid-broker": {"druid.port": "8082"}}
  ],
  "host_groups": [{"name": "q", "configurations": [{"druid-broker": {"properties": {"druid.port": "8888"}}}]}]
}`})
	assert.Equal(t, "druid.zk.paths.base=/druid\ndruid.metadata.storage.connector.password=${druid.metadata.storage.connector.password}\n", tree.textOf("", "common.runtime.properties"))
	assert.Equal(t, "druid.port=8888\n", tree.textOf("broker", "runtime.properties"))
	assert.Equal(t, "-Xms2048m\n-Xmx2048m\n-XX:MaxDirectMemorySize=1048576m\n-Dx=1\n", tree.textOf("broker", "jvm.config"))
}

// TestOwnImage takes the files of an image of somebody's own from wherever they are
// mounted, and adds nothing of the official one.
func TestOwnImage(t *testing.T) {
	tree := read(t, "all.yaml", map[string]string{"all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {runtime.properties: "druid.service=druid/broker\n", common.runtime.properties: "druid.zk.service.host=zk\n"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: druid-broker}
spec:
  template:
    spec:
      containers:
        - name: broker
          image: registry.internal/data/druid:28.0.1
          args: [broker]
          volumeMounts: [{name: conf, mountPath: /etc/druid}]
      volumes: [{name: conf, configMap: {name: conf}}]
`})
	assert.Empty(t, tree.facts(Unread))
	for _, f := range tree.Files {
		assert.Len(t, f.Text.lines(), 1, "%s is nobody's but the ConfigMap's", f.Name)
	}
}
