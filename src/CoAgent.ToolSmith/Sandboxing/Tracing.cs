using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>The program that tells which files another one looks at, and what it is kept from: <c>strace</c>.</summary>
/// <remarks>
/// It stops a program only at the calls that are told, by a filter in the kernel. Rings (<c>io_uring</c>) would go past it: they are refused.
/// It stands outside the walls, where what it follows cannot reach it.
/// </remarks>
public static class Tracing
{
    private static readonly ImmutableArray<string> s_arguments =
    [
        "strace", "-f", "-y", "-qq", "--seccomp-bpf", "-e", "signal=none",
        "-e", "trace=%file,fchdir,getdents,getdents64,connect,kill,tgkill,io_uring_setup",
        "-e", "inject=io_uring_setup,io_uring_enter,io_uring_register:error=ENOSYS",
    ];

    /// <summary>The program's name, which is also its Debian package.</summary>
    public static string Program => s_arguments[0];

    /// <summary>The arguments that come before those of what is followed.</summary>
    /// <param name="file">Where the trace is written.</param>
    public static ImmutableArray<string> Into(string file) => [.. s_arguments, "-o", file];
}
