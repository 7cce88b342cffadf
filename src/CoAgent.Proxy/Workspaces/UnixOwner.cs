using System.Runtime.InteropServices;

namespace CoAgent.Proxy.Workspaces;

/// <summary>Who owns a directory; .NET tells the mode of a file but not its owner.</summary>
internal static class UnixOwner
{
    // Linux's statx has one layout on all processors, unlike stat.
    private const int CurrentDirectory = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint AskOwner = 0x8;
    private const int AnswerBytes = 256;
    private const int OwnerOffset = 20;

    public static uint CurrentUser() => OperatingSystem.IsWindows() ? 0 : geteuid();

    /// <summary>Whether the directory itself, not what a link points to, is the current user's.</summary>
    public static bool IsCurrentUser(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere we have just set its mode, which only the owner may.
            return true;
        }

        var answer = new byte[AnswerBytes];
        return statx(CurrentDirectory, directory, DoNotFollowLinks, AskOwner, answer) == 0
            && BitConverter.ToUInt32(answer, OwnerOffset) == geteuid();
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
