namespace CoAgent.Proxy.Processes;

/// <summary>The shell program that waits for the daemon's end and then ends what the daemon has left.</summary>
internal static class ReaperScript
{
    /// <summary>In its arguments: each child leads a group of its own (setsid was there).</summary>
    public const string ByGroup = "group";

    /// <summary>In its arguments: children share the daemon's group and are ended one by one.</summary>
    public const string ByProcess = "process";

    /// <summary>The line that says: this end is orderly, nothing is being started.</summary>
    public const string OrderlyEnd = ".";

    /// <summary>
    /// $1 is the start of the marker's value, $2 one of the two words above. Lines on stdin: +ID, -ID, or a full
    /// stop.
    /// </summary>
    /// <remarks>
    /// The pause before the first strike lets children end by themselves, for their stdin has just ended too, and
    /// lets a child that was being started when the daemon died become visible in /proc: the daemon's end of our pipe
    /// closes in the middle of its exec. Processes that have ended and are not collected (state Z) do not count as
    /// left: some containers never collect them. That nothing is left is believed only when seen twice, for a process
    /// shows no environment in the moment when it executes a new program.
    /// </remarks>
    public const string Text = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        ids=' '
        pause=0.1
        while IFS= read -r line; do
          id=${line#?}
          case $line in
            +*) ids="$ids$id " ;;
            -*) case $ids in *" $id "*) ids="${ids%%" $id "*} ${ids#*" $id "}" ;; esac ;;
            .) pause= ;;
          esac
        done
        marked() { grep -lsF "COAGENT_CHILD_OF=$marker" /proc/[0-9]*/environ; }
        send() {
          if [ "$mode" = group ]; then kill -s "$1" -- "-$2"
          else pkill "-$1" -P "$2"; kill -s "$1" "$2"
          fi
        }
        strike() {
          for id in $ids; do send "$1" "$id"; done
          for file in $(marked); do id=${file#/proc/}; kill -s "$1" "${id%/environ}"; done
        }
        running() {
          groups=
          for id in $ids; do groups="$groups|$id"; done
          [ -z "$groups" ] || grep -lsE "[)] [^ZX] [0-9]+ (${groups#|}) " /proc/[0-9]*/stat
        }
        look() {
          [ -z "$(marked)" ] || return 0
          if [ -d /proc/self ]; then [ -n "$(running)" ]
          else
            for id in $ids; do send 0 "$id" && return 0; done
            return 1
          fi
        }
        left() { look || { [ -n "$pause" ] && sleep "$pause" && look; }; }
        marker=$1
        mode=$2
        [ -z "$pause" ] || sleep "$pause"
        left || exit 0
        pause=0.1
        strike TERM
        count=0
        while [ $count -lt 20 ] && left; do sleep 0.1; count=$((count + 1)); done
        count=0
        while [ $count -lt 50 ] && left; do strike KILL; sleep 0.1; count=$((count + 1)); done
        """;
}
