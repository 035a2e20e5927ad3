package scaffold

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// What the resource takes from elsewhere in the namespace.
const (
	secretName  = "druid-secrets"
	sharedClaim = "druid-deep-storage"
	// storageClass stands for a name that only the site knows. The operator refuses a
	// claim without one.
	storageClass = "your-storage-class"
	sharedClass  = "your-shared-storage-class"
)

// nodeFolders are where the image has the configuration of each process.
var nodeFolders = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{"coordinator": "master/coordinator-overlord", "overlord": "master/coordinator-overlord"}
}}

const operatorRoot = "/opt/druid/conf/druid/cluster"

func operatorFile(all containers) []File {
	var p page
	p.line(0, "apiVersion: druid.apache.org/v1alpha1")
	p.line(0, "kind: Druid")
	p.line(0, "metadata:")
	p.line(1, "name: druid")
	p.line(0, "spec:")
	p.line(1, "image: %s:%s", all.image, all.tag)
	p.line(1, "startScript: /druid.sh")
	p.line(1, "securityContext: {runAsUser: %d, runAsGroup: %[1]d, fsGroup: %[1]d}", imageUser)
	p.line(1, "services: # others resolve the name of a pod by the one of its group")
	p.line(2, "- spec: {type: ClusterIP, clusterIP: None}")
	p.secretRefs(all.secrets)
	p.shared(all.site.sharedFolder())
	p.line(1, "commonConfigMountPath: %s/_common", operatorRoot)
	p.text(1, "common.runtime.properties", properties(all.common))
	p.text(1, "log4j.config", strings.Split(strings.TrimSuffix(all.logging, "\n"), "\n"))
	p.line(1, "nodes:")
	for _, c := range all.list {
		p.node(c)
	}
	if all.site.sharedFolder() != "" {
		p.claim(all.deepStorage())
	}
	return []File{{"druid.yaml", p.String()}}
}

// deepStorage is what a folder of deep storage is to hold, in GiB: all that the
// Historicals may, of which each segment is there once.
func (all containers) deepStorage() (gib int64) {
	for _, c := range all.list {
		if c.role == "historical" {
			gib += c.server.Segments >> 30 * c.replicas
		}
	}
	return max(100, gib)
}

// claim is a second resource: the volume of deep storage.
func (p *page) claim(gib int64) {
	p.line(0, "---")
	p.line(0, "apiVersion: v1")
	p.line(0, "kind: PersistentVolumeClaim")
	p.line(0, "metadata:")
	p.line(1, "name: %s", sharedClaim)
	p.line(0, "spec:")
	p.line(1, "accessModes: [ReadWriteMany]")
	p.line(1, "storageClassName: %s", sharedClass)
	p.line(1, "resources: {requests: {storage: %dGi}}", gib)
}

// secretRefs are the variables that come from the Secret.
func (p *page) secretRefs(secrets []secret) {
	if len(secrets) == 0 {
		return
	}
	p.line(1, "env:")
	for _, s := range secrets {
		optional := ""
		if s.optional {
			optional = ", optional: true"
		}
		p.line(2, "- name: %s", s.name)
		p.line(2, "  valueFrom: {secretKeyRef: {name: %s, key: %s%s}}", secretName, s.name, optional)
	}
}

// shared mounts the folder of deep storage into every pod.
func (p *page) shared(folder string) {
	if folder == "" {
		return
	}
	p.line(1, "volumes:")
	p.line(2, "- name: deep-storage")
	p.line(2, "  persistentVolumeClaim: {claimName: %s}", sharedClaim)
	p.line(1, "volumeMounts:")
	p.line(2, "- {name: deep-storage, mountPath: %s}", quoted(folder))
}

func (p *page) node(c container) {
	folder, ok := nodeFolders.Get()[c.role]
	if !ok {
		folder = path.Join(serverOf.Get()[c.role], c.role)
	}
	p.line(2, "%ss:", strings.ToLower(c.role))
	p.line(3, "nodeType: %s", c.role)
	p.line(3, "druid.port: %s", c.port)
	p.line(3, "nodeConfigMountPath: %s/%s", operatorRoot, folder)
	p.line(3, "replicas: %d", c.replicas)
	p.line(3, "resources:")
	p.line(4, "requests: {memory: %dMi}", c.request)
	p.line(4, "limits: {memory: %dMi}", c.limit)
	p.nodeVolumes(c.volumes)
	p.text(3, "extra.jvm.options", c.flags)
	p.text(3, "runtime.properties", properties(c.own))
}

// nodeVolumes are claims for what is to be kept, and empty volumes for the rest.
func (p *page) nodeVolumes(list []volume) {
	p.line(3, "volumeMounts:")
	for _, v := range list {
		p.line(4, "- {name: %s, mountPath: %s}", v.name, v.path)
	}
	if !slices.ContainsFunc(list, func(v volume) bool { return v.gib > 0 }) {
		p.line(3, "volumes:")
		for _, v := range list {
			p.line(4, "- {name: %s, emptyDir: {}}", v.name)
		}
		return
	}
	p.line(3, "volumeClaimTemplates:")
	for _, v := range list {
		p.line(4, "- metadata: {name: %s}", v.name)
		p.line(4, "  spec:")
		p.line(4, "    accessModes: [ReadWriteOnce]")
		p.line(4, "    storageClassName: %s", storageClass)
		p.line(4, "    resources: {requests: {storage: %dGi}}", v.gib)
	}
}
