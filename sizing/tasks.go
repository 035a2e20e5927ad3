package sizing

import (
	"encoding/json"
	"fmt"

	"github.com/implycheck/implycheck/internal/text"
)

const (
	forkPrefix = "druid.indexer.fork.property."
	taskMerge  = 2
	taskDirect = 1 << 30
)

// taskBuffers is how many buffers a task with so many threads counts.
func taskBuffers(threads int64) int64 { return threads + taskMerge + 1 }

// middleManager starts tasks, each a process with memory of its own.
func (b *builder) middleManager() {
	b.heap(fixed(b.school.managerHeap, " to start tasks, and to pass on their logs and reports"), b.school.name)
	threads := b.school.taskThreads
	lookups := 2 * b.request.Lookups
	wantHeap := b.school.taskHeap + lookups
	whole := heapRoom(taskPool, wantHeap) + taskDirect
	each := min(whole, b.room[PartTasks]/leastTasks)
	direct := between(leastTask()+heapRoom(taskPool, lookups)-heapRoom(taskPool, 0), whole, taskBuffers(2)*leastBuffer, taskDirect, each)
	b.TaskDirect = direct >> 20 << 20
	b.TaskHeap = min(wantHeap, roundHeap(heapWithin(taskPool, each-direct)))
	buffer := min(b.school.taskBuffer, direct/taskBuffers(threads)>>20<<20)
	want := capacity(b.machine.Cores, b.request.taskPercent())
	b.Tasks = min(want, b.room[PartTasks]/each)

	need := DirectMemory(b.request.Target.Release, "peon", buffer, threads, taskMerge)
	b.setInt("druid.worker.capacity", b.Tasks, b.capacityReason(want, b.room[PartTasks]/each))
	options, _ := json.Marshal(b.taskOptions())
	why := b.taskReason(wantHeap, need)
	b.set("druid.indexer.runner.javaOptsArray", string(options), why)
	b.setInt(forkPrefix+numThreads, threads, because(b.school.name, "tasks mostly ingest"))
	b.setInt(forkPrefix+numMerge, taskMerge, because(tuningGuide, "2, for nested queries"))
	b.setBytes(forkPrefix+bufferSize, buffer, because(tuningGuide, "%s, less where memory is short", text.Size(b.school.taskBuffer)))
	b.dataHTTP()
}

// taskReason is what each task has: its heap, the buffers that it checks, and the
// rest for the dictionaries that it merges when it publishes.
func (b *builder) taskReason(wantHeap int64, need Direct) reason {
	c := fixed(b.TaskHeap, " of heap; direct memory: ").with(0, need.calc().pieces...).plus(b.TaskDirect-need.Bytes, " to merge dictionaries in")
	if b.TaskHeap < wantHeap {
		c = c.with(0, piece{words: "; more would not fit"})
	}
	why := c.named("heap", text.Size(b.TaskHeap)).named("direct", text.About(b.TaskDirect)).because(b.school.name)
	why.formula = "each task: " + why.formula
	return why
}

// between grows from low to high as n grows from its least to its most.
func between(least, most, low, high, n int64) int64 {
	return low + max(0, n-least)/1024*(high-low)/((most-least)/1024)
}

// taskOptions are the flags of a task's JVM. java.io.tmpdir a MiddleManager hands on.
func (b *builder) taskOptions() []string {
	list := []string{"-server", "-Xms" + JVM(b.TaskHeap), "-Xmx" + JVM(b.TaskHeap), "-XX:MaxDirectMemorySize=" + JVM(b.TaskDirect)}
	for _, f := range flags {
		list = append(list, f.Flag())
	}
	return list
}

// capacityReason says what decided.
func (b *builder) capacityReason(want, fit int64) reason {
	why := because(templates, "{%d|cores} %s: 2 up to 4 cores, 3 up to 15, then a quarter of them", b.machine.Cores, plural(b.machine.Cores, "core"))
	if percent := b.request.taskPercent(); percent != 100 {
		why.formula += fmt.Sprintf("; %d %% of that for this workload, up to one for each core", percent)
	}
	if fit < want {
		why.formula += fmt.Sprintf("; there is memory for %d of %d", fit, want)
	}
	return why
}

// capacity is how many tasks the templates run at once; a workload asks for more up to
// the number of cores.
func capacity(cores, percent int64) int64 {
	n := cores / 4
	switch {
	case cores <= 4:
		n = 2
	case cores < 16:
		n = 3
	}
	if percent > 100 {
		return max(n, min(n*percent/100, cores))
	}
	return max(1, n*percent/100)
}

// indexer runs its tasks inside one process.
func (b *builder) indexer() {
	each := int64(1)<<30 + 2*b.request.Lookups
	size, count := b.buffers(100<<20, indexerBuffers)
	tasks := max(1, min(capacity(b.machine.Cores, b.request.taskPercent()), count-taskBuffers(0), roundHeap(heapWithin(b.Service, b.room[PartHeap]))/each))
	want := of(1<<30, "heap per task").plus(2*b.request.Lookups, " for lookups").times(tasks, "task")
	b.heap(want.atLeast(ceilHeap(512<<20+2*b.request.Lookups)), templates)
	b.direct(DirectMemory(b.request.Target.Release, "indexer", size, tasks, taskMerge))
	b.setInt("druid.worker.capacity", tasks, because(templates, "by {%d|cores} cores, as far as heap and buffers are enough", b.machine.Cores))
	b.setInt(numThreads, tasks, because(templates, "one for each task"))
	b.setInt(numMerge, taskMerge, because(tuningGuide, "2, for nested queries"))
	b.setBytes(bufferSize, size, because(tuningGuide, "100 MiB, less where memory is short"))
	b.dataHTTP()
}
