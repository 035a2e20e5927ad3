package sizing

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

// dataOn is the plan of a Data server.
func dataOn(t *testing.T, m Machine) Server {
	target, err := schema.ParseTarget("druid-28")
	require.NoError(t, err)
	m.Cores, m.Memory = 8, 64<<30
	plan, err := Advise(Request{Target: target, Servers: []ServerRequest{{Role: Data, Machine: m}}})
	require.NoError(t, err)
	return plan.Servers[0]
}

// TestSetup has servers whose disks are known, mounted, unknown, or a container's.
func TestSetup(t *testing.T) {
	const tb = 1_000_000_000_000
	points := func(s Server) (list []string) {
		for _, m := range s.Mounts() {
			list = append(list, m.Point)
		}
		return list
	}
	commands := func(s Server) string {
		var all []string
		for _, step := range s.Setup() {
			all = append(append(all, step.Text), step.Commands...)
		}
		return strings.Join(all, "\n")
	}
	s := dataOn(t, Machine{Disks: []Disk{{Size: tb}, {Size: tb, Mount: "/data"}, {Size: tb, Device: "/dev/disk/by-id/nvme-x"}}})
	require.Equal(t, []string{"/mnt/disk1", "/mnt/disk3"}, points(s))
	require.Equal(t, "/mnt/disk1/druid", s.DataRoot())
	got := commands(s)
	for _, want := range []string{
		"DISK=/dev/...\n", "sudo mkfs.xfs \"$DISK\"", "sudo mount /mnt/disk1", "DISK=/dev/disk/by-id/nvme-x\n", " /mnt/disk3 xfs noatime,nofail 0 2",
		"druid /data/druid /mnt/disk1/druid /mnt/disk1/druid/tmp /mnt/disk3/druid",
	} {
		require.Contains(t, got, want)
	}
	require.Equal(t, 1, strings.Count(got, "empty after each stop"), "the disk of an instance alone")
	require.NotContains(t, got, "Attach")
	require.NotContains(t, got, "in the folder of the distribution")

	// A disk that nobody knows must have what the plan counts on, and an eighth part
	// of it more than four fifths: 80 % are for segments.
	s = dataOn(t, Machine{})
	require.Equal(t, []string{"/mnt/disk1"}, points(s))
	least := s.Mounts()[0].Least
	require.GreaterOrEqual(t, least/100*80, s.Segments)
	require.Less(t, (least-10_000_000_000)/100*80, s.Segments)
	require.Contains(t, commands(s), "Attach a disk of ")

	// Mounted at /, all is in the distribution's own folder.
	s = dataOn(t, Machine{Disks: []Disk{{Size: tb, Mount: "/"}}})
	require.Empty(t, points(s))
	require.Empty(t, s.DataRoot())
	require.Contains(t, commands(s), "in the folder of the distribution")
	require.Contains(t, commands(s), "druid var/tmp")

	s = dataOn(t, Machine{Limited: true, Disks: []Disk{{Size: tb, Mount: "/data"}}})
	require.Empty(t, s.Setup())

	// One machine that runs everything, with a disk of which only the size is known,
	// has its system on it.
	for _, c := range []struct {
		m    Machine
		want string
	}{
		{Machine{Disks: []Disk{{Size: tb}}}, "var/druid"},
		{Machine{}, "var/druid"},
		{Machine{Disks: []Disk{{Size: tb, Mount: "/data"}}}, "/data/druid"},
		{Machine{Disks: []Disk{{Size: tb, Device: "/dev/sdb"}}}, "/mnt/disk1/druid"},
		{Machine{Disks: []Disk{{Size: tb}, {Size: tb}}}, "/mnt/disk1/druid"},
	} {
		require.Equal(t, c.want, roots(c.m, []string{"historical"}, true)[0])
	}
	require.Equal(t, []string{"/mnt/disk1/druid"}, roots(Machine{}, []string{"historical"}, false))
	require.Equal(t, []string{"var/druid"}, roots(Machine{Limited: true}, []string{"historical"}, false))
	require.Equal(t, []string{"var/druid"}, roots(Machine{Disks: []Disk{{Size: tb, Mount: "/data"}}}, []string{"broker"}, false))
}

// What a record says is what lint reads back.
func TestRecord(t *testing.T) {
	for _, p := range []Peers{{MostBrokers: 1}, {MostDataServers: 15}, {MostBrokers: 2, MostDataServers: 1<<31 - 1}} {
		got, ok := ParseRecord("  " + p.Record())
		require.True(t, ok)
		require.Equal(t, p, got)
	}
	require.Empty(t, Peers{Brokers: 3}.Record())
	for _, text := range []string{"brokers=2", RecordMark + "brokers=0", RecordMark + "brokers=-1", RecordMark + "brokers", RecordMark + "brokers=2147483648", RecordMark + "data-servers=x"} {
		_, ok := ParseRecord(text)
		require.False(t, ok, text)
	}
	_, ok := ParseRecord(RecordMark + "brokers=1")
	require.True(t, ok)
}

func TestMachineString(t *testing.T) {
	const gb = 1_000_000_000
	for want, m := range map[string]Machine{
		"1 core, 2 GiB":                                               {Cores: 1, Memory: 2 << 30},
		"2 cores, 2 GiB, 1 x 10 GB":                                   {Cores: 2, Memory: 2 << 30, Disks: []Disk{{Size: 10 * gb}}},
		"2 cores, 2 GiB, 2 x 10 GB ssd, 1 x 10 GB":                    {Cores: 2, Memory: 2 << 30, Disks: []Disk{{Size: 10 * gb, Kind: "ssd"}, {Size: 10 * gb, Kind: "ssd"}, {Size: 10 * gb}}},
		"2 cores, 2 GiB, 1 x 10 GB (9 GB free), 1 x 10 GB, 1 x 20 GB": {Cores: 2, Memory: 2 << 30, Disks: []Disk{{Size: 10 * gb, Used: gb}, {Size: 10 * gb}, {Size: 20 * gb}}},
		"1500m of CPU, 2 cores for Java, 2 GiB":                       {Cores: 2, Memory: 2 << 30, CPU: 1500},
		"2 cores, 4 GiB":                                              Pod(4<<30, 2000, nil),
	} {
		require.Equal(t, want, m.String())
	}
	// Runtime.availableProcessors of a container: its limit, rounded up, one at least.
	for cpu, cores := range map[int64]int64{1: 1, 0: 1, 1000: 1, 1001: 2, 1999: 2, 2000: 2} {
		require.Equal(t, cores, Pod(1<<30, cpu, nil).Cores)
	}
	require.EqualValues(t, 1500, Machine{Cores: 2, CPU: 1500}.cpu())
	require.EqualValues(t, 2000, Machine{Cores: 2}.cpu())
	require.Zero(t, Disk{Size: 1, Used: 2}.Free())
	require.EqualValues(t, 1, Disk{Size: 3, Used: 2}.Free())
}

func TestParseDisks(t *testing.T) {
	const gb = 1_000_000_000
	for given, want := range map[string][]Disk{
		"2TB": {{Size: 2000 * gb}}, " 2x1900GB": {{Size: 1900 * gb}, {Size: 1900 * gb}}, "1X1.5tb": {{Size: 1500 * gb}},
	} {
		got, err := ParseDisks(given)
		require.NoError(t, err)
		require.Equal(t, want, got, given)
	}
	most, err := ParseDisks("1000x1GB")
	require.NoError(t, err)
	require.Len(t, most, 1000)
	for given, want := range map[string]string{
		"0x1TB": "not a number of disks", "1001x1TB": "not a number of disks", "-1x1TB": "not a number of disks", "ax1TB": "not a number of disks",
		"500": "500 what? Write 500TB", "2x500": "what?", "0GB": "is not a disk", "": "is not a disk", "much": "is not a disk",
	} {
		_, err := ParseDisks(given)
		require.ErrorContains(t, err, want, given)
	}
}

// The processes of a server ask for no more CPU than it has, and each for a tenth of
// a core at least; requests are whole tenths where they had to be scaled down.
func TestBusyCores(t *testing.T) {
	for _, cores := range []int64{1, 2, 8, 64} {
		s := Server{Machine: Machine{Cores: cores}, Processes: []Process{
			{Service: "historical"}, {Service: "middleManager", Tasks: 4}, {Service: "indexer"}, {Service: "broker"}, {Service: "coordinator"}, {Service: "overlord"},
		}}
		var wanted, sum int64
		busy := s.busyCores()
		for i, p := range s.Processes {
			wanted += p.busy(cores)
			sum += busy[i]
			require.LessOrEqual(t, busy[i], p.busy(cores))
			require.GreaterOrEqual(t, busy[i], min(int64(100), p.busy(cores)))
		}
		if wanted <= cores*1000 {
			require.Equal(t, wanted, sum)
		} else {
			require.LessOrEqual(t, sum, max(cores*1000, 100*int64(len(busy))))
			require.Greater(t, sum, cores*1000-100*int64(len(busy)))
		}
	}
	// All cores, and none too many: nothing is scaled down.
	full := Server{Machine: Machine{Cores: 8}, Processes: []Process{{Service: "historical"}, {Service: "coordinator"}}}
	require.Equal(t, []int64{7000, 1000}, full.busyCores())
	for service, want := range map[string]int64{"historical": 7000, "indexer": 1000, "broker": 4000, "coordinator": 1000, "coordinator-overlord": 1000, "overlord": 500, "router": 500} {
		require.Equal(t, want, Process{Service: service}.busy(8), service)
	}
	require.EqualValues(t, 3100, Process{Service: "middleManager", Tasks: 3}.busy(8))
	require.EqualValues(t, 1000, Process{Service: "broker"}.busy(1))
}
