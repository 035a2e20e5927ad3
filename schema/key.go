package schema

// Key is a key of a file that is not Druid's own: Pivot's, ZooKeeper's,
// supervise's or Tranquility's.
type Key struct {
	Name    string
	Doc     string
	Default string
	Choices []string
	Secret  bool
}

// PivotKeys are the known keys of conf/pivot/config.yaml, nested ones with
// dots; the list is not complete.
func PivotKeys() []Key { return pivotKeys }

// ZooKeeperKeys are the keys of zoo.cfg; <n> stands for a number.
func ZooKeeperKeys() []Key { return zookeeperKeys }

// SuperviseKeys are the directives and launchers of conf/supervise.
func SuperviseKeys() []Key { return superviseKeys }

// TranquilityKeys are the properties of Tranquility.
func TranquilityKeys() []Key { return tranquilityKeys }
