package hardware

import (
	"slices"
	"strings"

	"github.com/jaypipes/ghw/pkg/block"
)

// A virtual disk tells nothing of what is behind it. virtio's and Xen's names say
// that they are virtual, and others' vendors; one that says it does not rotate
// was told so.
var (
	virtualNames   = []string{"vd", "xvd", "rbd"}
	virtualVendors = []string{"QEMU", "VMware", "Msft", "Google", "VBOX", "Virtual"}
	// networkModels are disks that speak NVMe and are at the far end of a network.
	networkModels = []string{"Amazon Elastic Block Store", "nvme_card-pd", "MSFT NVMe Accelerator"}
)

// diskKind is nvme-ssd, ssd or hdd, or empty where nobody knows.
func diskKind(root string, d *block.Disk) string {
	startsWith := func(text string) func(string) bool {
		return func(prefix string) bool { return strings.HasPrefix(text, prefix) }
	}
	switch {
	case slices.ContainsFunc(virtualNames, startsWith(d.Name)):
		return ""
	case d.StorageController == block.StorageControllerNVMe:
		if slices.ContainsFunc(networkModels, startsWith(readText(root, "/sys/block/"+d.Name+"/device/model"))) {
			return ""
		}
		return "nvme-ssd"
	case d.DriveType == block.DriveTypeSSD:
		return "ssd"
	case d.DriveType == block.DriveTypeHDD && !slices.ContainsFunc(virtualVendors, startsWith(d.Vendor)):
		return "hdd"
	}
	return ""
}
