namespace CoAgent.Workspace.Layers;

/// <summary>What the first process of a layer does: it puts up mounts and walls, runs the command, waits for all that is left of it, and reports.</summary>
/// <remarks>
/// <para>
/// Directories that come to lie beneath a mount are opened before (20: the root, 21: the layer's folder, 30 and on: the places), and
/// mounts name them by <c>/proc/self/fd</c>. Options then hold no comma but their own. Many mounts are made by one program from a table,
/// because each program that is started costs a millisecond.
/// </para>
/// <para>
/// It fails closed: where a mount is refused, or one outside the layer stays open for writing, or a socket uncovered (it may have gone
/// meanwhile), the command is not run. What it reports goes
/// through a file that the command cannot reach. It stays the first process of its namespace: nothing that the command leaves behind
/// lives longer.
/// </para>
/// </remarks>
internal static class LayerScript
{
    internal const string Begins = "/.coagent-begins";

    internal const string Text = """
        set -euf
        area=$1 root=$2 start=$3 processes=$4 file=$5 level=$6 loopback=$7
        shift 7
        previous=${OLDPWD-}
        : > "$area/start"
        places=() shut=() open=() ours=() copies=() late=() covered=()
        while [[ $1 != -- ]]; do
          case $1 in
            place) places+=("$2") ;;
            copy) copies+=("$2") ;;
            shut) shut+=("$2") ;;
            open) open+=("$2") ;;
            ours) ours+=("$2") ;;
            late) late+=("$2") ;;
            cover) covered+=("$2") ;;
          esac
          shift 2
        done
        shift
        exec 20< "$root" 21< "$area"
        next=30
        for at in "${places[@]}"; do eval "exec $next< \"\$at\""; next=$((next + 1)); done
        mount -a -T "$area/first"
        for at in "${copies[@]}"; do mount -c --bind "/proc/self/fd/21/${at%%:*}" "${at#*:}"; done
        exec 9>> "$area/seen/report"
        if [[ $processes != 0 ]]; then echo "$processes" > /proc/sys/kernel/pid_max; fi
        mount -a -o remount,bind,ro -t nooverlay 2> /dev/null || :
        for at in "${shut[@]}"; do mount -o remount,bind,ro "$at"; done
        for at in "${open[@]}"; do mount -o remount,bind,rw "$at"; done
        declare -A states=()
        mapfile -t lines < /proc/self/mountinfo
        for line in "${lines[@]}"; do
          fields=($line)
          printf -v at '%b' "${fields[4]}"
          states[$at]=${fields[5]}
        done
        for at in "${!states[@]}"; do
          if [[ ${states[$at]} == ro || ${states[$at]} == ro,* ]]; then continue; fi
          for one in "${ours[@]}"; do
            if [[ $at == "$one" || $at == "$one"/* ]]; then continue 2; fi
          done
          echo "$at stays open" >&2
          exit 1
        done
        if ((${#covered[@]} > 0)); then mount -a -T "$area/covers" 2> /dev/null || :; fi
        for at in "${covered[@]}"; do
          if [[ -S $at ]] && ! mount --bind /dev/null "$at" && [[ -S $at ]]; then echo "$at stays open" >&2; exit 1; fi
        done
        mount -a -T "$area/second"
        for at in "${late[@]}"; do mount -o remount,bind,ro "$at"; done
        if [[ -n $loopback ]]; then $loopback || :; fi
        exec 20<&- 21<&-
        while ((next > 30)); do next=$((next - 1)); eval "exec $next<&-"; done
        cd -- "$start"
        ulimit -f "$file" 2> /dev/null || :
        if [[ $processes == 0 ]]; then ulimit -u 4096 2> /dev/null || :; fi
        if [[ -n $level ]]; then SHLVL=$level; else unset SHLVL; fi
        if [[ -n $previous ]]; then OLDPWD=$previous; else unset OLDPWD; fi
        unset previous area root start file level loopback places shut open ours copies late covered lines line fields states at one next
        echo ready >&9
        if [[ -e /.coagent-begins ]]; then :; fi
        exec 7>&2 2> /dev/null
        set +e
        "$@" 2>&7 7>&- 9>&- < /dev/null
        code=$?
        echo "ended $code" >&9
        set +f
        set -- /proc/[0-9]*
        if (($# > 1)); then exec 8<> <(:); fi
        while set -- /proc/[0-9]* && (($# > 1)); do read -rt 0.02 <&8; done
        mapfile -t lines < /proc/self/net/snmp
        printf '%s' "${lines[@]/%/$'\n'}" >&9
        if [[ -r /proc/self/net/snmp6 ]]; then
          mapfile -t lines < /proc/self/net/snmp6
          printf '%s' "${lines[@]/%/$'\n'}" >&9
        fi
        exit "$code"
        """;
}
