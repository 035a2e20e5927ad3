package form

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOwnStart leaves the files of a process alone that not the script of the image
// starts: nothing sets druid.host to the address of the container, nor deletes it.
func TestOwnStart(t *testing.T) {
	tree := read(t, "pod.yaml", map[string]string{"pod.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: broker}
data:
  runtime.properties: |-
    druid.service=druid/broker
    druid.host=broker.internal
---
apiVersion: v1
kind: Pod
metadata: {name: broker}
spec:
  containers:
  - image: apache/druid:0.18.1
    command: [/opt/druid/bin/run-druid, broker, /conf]
    volumeMounts: [{name: conf, mountPath: /conf}]
  volumes: [{name: conf, configMap: {name: broker}}]
`})
	require.Equal(t, "druid.service=druid/broker\ndruid.host=broker.internal\n", tree.textOf("broker", "runtime.properties"))
	require.Empty(t, tree.facts(HostReplaced))
	require.Empty(t, tree.facts(HostGlued))
}

// TestNull takes a null where Kubernetes has text for an empty one.
func TestNull(t *testing.T) {
	tree := read(t, "pod.yaml", map[string]string{"pod.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: druid}
data: {druid_storage_baseKey: null, druid_zk_paths_base: ~, druid_host: x}
---
apiVersion: v1
kind: Pod
metadata: {name: broker}
spec:
  containers:
  - image: apache/druid:33.0.0
    args: [broker]
    envFrom: [{configMapRef: {name: druid}}]
    env: [{name: druid_service, value: null}]
`})
	require.ElementsMatch(t, []string{"druid.storage.baseKey=", "druid.zk.paths.base=", "druid.host=x", "druid.service="}, strings.Fields(tree.textOf("broker", "runtime.properties")))
}

// TestOwnVariable does not call a variable dead that the script of another image may read.
func TestOwnVariable(t *testing.T) {
	compose := func(image string) *Tree {
		return read(t, "compose.yaml", map[string]string{"compose.yaml": "services:\n  broker:\n    image: " + image + "\n    command: broker\n    environment: {DRUID_SERVICE: broker, druid_host: x}\n"})
	}
	require.Len(t, compose("apache/druid:33.0.0").facts(DeadName), 1)
	require.Empty(t, compose("somebody/druid:33.0.0").facts(DeadName))
}
