// forgetful-fs shows a folder that forgets, when its power is cut, what was not synced.
//
//	forgetful-fs -folder FOLDER [-seed 1] [-sync-time 2ms] [-names file|folder]
//
// All of it lies in memory. It takes orders on its standard input, a line each, and says what happened on its standard output, a JSON
// object a line; when the input ends it unmounts and ends.
//
//	cut                  take the power away; programs that use the folder wait      {"event":"cut", …}
//	cut-after N          the same right after N further writes that wait for a sync  {"event":"cut", …}, then
//	cut-harshly-after N  the same, and nothing is left that was not synced           {"event":"cut", …}, then
//	pause-after N        answer no program after N such writes, but forget nothing   {"event":"paused"}, then
//	end                  let everything fail (EIO), so that programs can be ended    {"event":"ending"}
//	on                   serve programs what has survived                            {"event":"on"}
//	settle               all that is there is durable                                {"event":"settled"}
//	figures              what was done since the start                               {"event":"figures", …}
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	folder := flag.String("folder", "", "where to show it")
	seed := flag.Uint64("seed", 1, "chooses what survives")
	syncTime := flag.Duration("sync-time", 2*time.Millisecond, "how long a sync takes")
	names := flag.String("names", "file", "what syncs a new name: its file, as ext4, XFS and Btrfs do, or only its folder, as POSIX says")
	flag.Parse()
	if err := run(*folder, *seed, *syncTime, *names); err != nil {
		fmt.Fprintf(os.Stderr, "forgetful-fs: %v\n", err)
		os.Exit(1)
	}
}

func run(folder string, seed uint64, syncTime time.Duration, names string) error {
	if names != "file" && names != "folder" {
		return fmt.Errorf("-names is %q, and may be file or folder", names)
	}
	power := NewPower(NewDisk(names == "file"), seed, func(loss Loss) { say("cut", loss) })
	server, err := Mount(folder, power, syncTime)
	if err != nil {
		return fmt.Errorf("cannot mount at %q: %w", folder, err)
	}
	say("mounted", nil)
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGINT) // of the terminal: whoever gives the orders ends the input
	orders := make(chan string)
	go readOrders(orders)
	for more := true; more; {
		select {
		case <-told:
			more = false
		case order, given := <-orders:
			if more = given; given {
				if err := obey(power, order); err != nil {
					fmt.Fprintf(os.Stderr, "forgetful-fs: %v\n", err)
				}
			}
		}
	}
	power.End()
	// Lazily: who still looks at it sees it go.
	if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
		return fmt.Errorf("cannot unmount %q: %w", folder, err)
	}
	_ = server
	return nil
}

func readOrders(orders chan<- string) {
	defer close(orders)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		orders <- lines.Text()
	}
}

func obey(power *Power, order string) error {
	verb, argument, _ := strings.Cut(order, " ")
	switch verb {
	case "cut":
		power.Cut()
	case "cut-after", "cut-harshly-after", "pause-after":
		writes, err := strconv.Atoi(argument)
		if err != nil || writes < 1 {
			return fmt.Errorf("%s takes a number of writes, not %q", verb, argument)
		}
		switch verb {
		case "cut-after":
			power.CutAfter(writes)
		case "cut-harshly-after":
			power.CutHarshlyAfter(writes)
		default:
			power.PauseAfter(writes, func() { say("paused", nil) })
		}
	case "end":
		power.End()
		say("ending", nil)
	case "on":
		power.On()
		say("on", nil)
	case "settle":
		power.SyncAll()
		say("settled", nil)
	case "figures":
		say("figures", power.Figures())
	default:
		return fmt.Errorf("no order %q", order)
	}
	return nil
}

var saying sync.Mutex

func say(event string, what any) {
	saying.Lock()
	defer saying.Unlock()
	line, err := json.Marshal(struct {
		Event string `json:"event"`
		What  any    `json:"what,omitempty"`
	}{event, what})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
