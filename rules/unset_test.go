package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// What nobody sets Druid takes of the hardware, and of a container's limits: 500 MiB
// x (cores - 1 threads + merge buffers + 1) fit or do not.
func TestUnsetValuesTakeTheHardware(t *testing.T) {
	const (
		own = "druid.service=druid/historical\ndruid.processing.buffer.sizeBytes=500MiB\n"
		pod = `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: tiny}
spec:
  image: apache/druid:33.0.0
  startScript: /druid.sh
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  common.runtime.properties: druid.zk.service.host=zookeeper:2181
  nodes:
    historicals:
      nodeType: historical
      druid.port: 8083
      replicas: 1
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/data/historical
      resources: {limits: {cpu: "CORES", memory: 64Gi}}
      runtime.properties: |
        druid.service=druid/historical
        druid.processing.buffer.sizeBytes=500MiB
      jvm.options: |
        -Xmx8g
        -XX:MaxDirectMemorySize=8g
`
	)
	for _, c := range []struct {
		what, jvm, cores string
		machine          sizing.Machine
		found            string
	}{
		{what: "cores not known", jvm: "-Xmx8g -XX:MaxDirectMemorySize=8g"},
		{what: "8 cores need 5000 MiB", jvm: "-Xmx8g -XX:MaxDirectMemorySize=8g", machine: sizing.Machine{Cores: 8}},
		{what: "16 cores need 9500 MiB", jvm: "-Xmx8g -XX:MaxDirectMemorySize=8g", machine: sizing.Machine{Cores: 16}, found: "15 threads + 3 merge buffers + 1"},
		{what: "Java is told of 4 of 16", jvm: "-Xmx8g -XX:MaxDirectMemorySize=8g -XX:ActiveProcessorCount=4", machine: sizing.Machine{Cores: 16}},
		{what: "a quarter of 64 GiB of heap", machine: sizing.Machine{Cores: 8, Memory: 64 << 30}},
		{what: "a quarter of 16 GiB of heap", machine: sizing.Machine{Cores: 8, Memory: 16 << 30}, found: "may have at most its heap, 4096 MiB"},
		{what: "three quarters of it", jvm: "-XX:MaxRAMPercentage=75.0", machine: sizing.Machine{Cores: 8, Memory: 16 << 30}},
		{what: "a container of 8 cores", cores: "8"},
		{what: "a container of 15500 thousandths, 16 for Java", cores: "15500m", found: "15 threads + 3 merge buffers + 1"},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=zk\n", "conf/druid/historical/runtime.properties": own, "conf/druid/historical/jvm.config": c.jvm + "\n"}
			if c.cores != "" {
				files = map[string]string{"druid.yaml": strings.Replace(pod, "CORES", c.cores, 1)}
			}
			for name, text := range files {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
			}
			trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &schema.Target{Name: "druid-33", Release: 33}})
			require.NoError(t, err)
			require.Len(t, trees, 1)
			result, err := Lint(t.Context(), trees[0], Options{Topology: Topology{Machines: map[string]sizing.Machine{"": c.machine}}})
			require.NoError(t, err)
			var said []string
			for _, f := range result.Findings {
				if f.Rule == "mem-direct-insufficient" {
					said = append(said, f.Message)
				}
			}
			if c.found == "" {
				require.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			require.Contains(t, said[0], c.found)
		})
	}
}
