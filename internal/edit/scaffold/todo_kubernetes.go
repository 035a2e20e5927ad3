package scaffold

import (
	"fmt"
	"slices"
	"strings"
)

// The steps of pods, by the druid-operator or by the chart.
var (
	operatorSteps = []step{
		(*todo).fill, (*todo).database, (*todo).operator, (*todo).storageClass, (*todo).kubernetesSecret, (*todo).keysOfPods, (*todo).driverImage,
		(*todo).hadoopFields, (*todo).access, (*todo).check, (*todo).apply,
	}
	helmSteps = []step{
		(*todo).fill, (*todo).database, (*todo).keysOfPods, (*todo).driverImage, (*todo).hadoopImage, (*todo).access,
		(*todo).check, (*todo).install,
	}
)

// namespace is not the default one, which the operator leaves alone unless it is told.
const namespace = "druid"

func (t *todo) operator() {
	t.add("Install the druid-operator, which leaves the namespace default alone, and make a namespace for Druid.",
		"helm repo add datainfra https://charts.datainfra.io",
		"helm -n druid-operator-system upgrade -i --create-namespace cluster-druid-operator datainfra/druid-operator",
		"kubectl create namespace "+namespace)
}

// storageClass is what a claim has to name: the operator refuses it otherwise.
func (t *todo) storageClass() {
	written := func(class string) bool {
		return slices.ContainsFunc(t.files, func(f File) bool { return strings.Contains(f.Text, "storageClassName: "+class) })
	}
	for _, c := range []struct{ class, what string }{
		{storageClass, "Choose the storage class of the volumes for data; one of local disks is the fastest."},
		{sharedClass, "Choose the storage class of deep storage, which all pods mount: one that has ReadWriteMany."},
	} {
		if written(c.class) {
			t.add(c.what, "kubectl get storageclass", fmt.Sprintf("sed -i 's/%s/NAME/' %s     # NAME is the one that you choose", c.class, t.in("druid.yaml")))
		}
	}
}

// kubernetesSecret is what the resource takes its secrets from.
func (t *todo) kubernetesSecret() {
	if names := required(t.secrets); len(names) > 0 {
		t.add("Make the Secret that the pods take their passwords and keys from.",
			fmt.Sprintf("%s | kubectl -n %s create secret generic %s --from-env-file=/dev/stdin", rawLines.ask(names), namespace, secretName))
	}
}

// keysOfPods are those of deep storage.
func (t *todo) keysOfPods() {
	switch t.site.store {
	case "s3":
		where := "the Secret " + secretName
		if t.form == "helm" {
			where = "configVars"
		}
		t.add("Let the service accounts of the pods reach the bucket with a role, which needs no key; or add AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to " + where + ".")
	case "gs":
		t.add("Let the service accounts of the pods reach the bucket by workload identity, which needs no key; or mount a key, and say where it is with GOOGLE_APPLICATION_CREDENTIALS.")
	}
}

func (t *todo) hadoopFields() {
	if t.site.store == "hdfs" {
		t.add("Write core-site.xml and hdfs-site.xml of the Hadoop cluster into spec of the resource, below keys of these names.")
	}
}

func (t *todo) hadoopImage() {
	if t.site.store == "hdfs" {
		t.add("Make an image with core-site.xml and hdfs-site.xml of the Hadoop cluster in " + operatorRoot + "/_common: the chart mounts no file.")
	}
}

func (t *todo) apply() {
	t.add("Start the cluster.", "kubectl -n "+namespace+" apply -f "+t.in("druid.yaml"))
}

// install asks for the secrets and hands them to the chart, which has no place for a Secret.
func (t *todo) install() {
	command := fmt.Sprintf("helm -n %s upgrade --install --create-namespace druid druid-helm/druid -f %s", namespace, t.in("values.yaml"))
	what := "Start the cluster."
	if names := required(t.secrets); len(names) > 0 {
		what += " The chart has no place for a Secret and puts the password into the ConfigMap druid: let nobody else read the ConfigMaps of the namespace."
		command = fmt.Sprintf("{ echo configVars:; %s; } | %s -f -", yamlLines.ask(names), command)
	}
	t.add(what, "helm repo add druid-helm https://asdf2014.github.io/druid-helm/", command)
}
