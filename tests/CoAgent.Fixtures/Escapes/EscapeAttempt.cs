using System.Net.Sockets;
using System.Runtime.InteropServices;
using CoAgent.Fixtures.Hosting;

namespace CoAgent.Fixtures.Escapes;

/// <summary>Tries one way out of a sandbox that a shell has no word for; says whether it worked.</summary>
internal static partial class EscapeAttempt
{
    public const string Ways = "attach PID, ring, socket PATH";

    private const int Attach = 16;
    private const int RingSetup = 425; // io_uring_setup has this number on every architecture.

    /// <summary>0 where it worked, 1 where it was refused.</summary>
    public static int Run(FixtureArguments arguments) => arguments.Word(0, "way") switch
    {
        "attach" => Tell(Trace(Attach, int.Parse(arguments.Word(1, "process")), 0, 0) == 0),
        "ring" => Tell(SystemCall(RingSetup, 4, new byte[256]) >= 0),
        "socket" => Tell(Connects(arguments.Word(1, "path"))),
        _ => throw new UsageException($"The way is one of {Ways}."),
    };

    private static int Tell(bool worked)
    {
        Console.WriteLine(worked ? "worked" : $"refused: {Marshal.GetLastPInvokeErrorMessage()}");
        return worked ? 0 : 1;
    }

    private static bool Connects(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial long Trace(long request, int process, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, uint entries, byte[] parameters);
}
