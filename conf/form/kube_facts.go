package form

// The kinds of facts of what runs in Kubernetes.
const (
	// Absent is a ConfigMap or a Secret that is not among the files.
	Absent FactKind = "absent"
	// NoLog is a container whose mounts hide every log4j2.xml.
	NoLog FactKind = "no log4j2.xml"
	// HostReplaced is a druid.host in a file, which the script deletes.
	HostReplaced FactKind = "host replaced"
	// OtherPort is a port that is asked for in the pod; Detail is the number, and Name
	// says who asks.
	OtherPort FactKind = "other port"
	// Replaced are values in the place of which others come; Other are those.
	Replaced FactKind = "replaced"
	// Ignored is something that nothing reads; Detail says why.
	Ignored FactKind = "ignored"
	// Required are fields that the resource definition asks for and a part of the resource
	// does not have; Name says which.
	Required FactKind = "required"
	// Reformatted is a number that Helm writes in another way: as Detail.
	Reformatted FactKind = "reformatted"
	// Overwritten is a variable in the place of which the chart sets another one; Detail
	// is the value of the chart that makes it, which stands at Other.
	Overwritten FactKind = "overwritten"
	// NotApplied are the patches of a kustomization.
	NotApplied FactKind = "not applied"
	// NoText is a value that has to be text; Detail says what it is.
	NoText FactKind = "no text"
)
