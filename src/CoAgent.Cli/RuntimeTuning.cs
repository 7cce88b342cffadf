using System.Runtime.InteropServices;
using System.Text;

namespace CoAgent.Cli;

/// <summary>The one setting of the runtime that a daemon needs and that can only be given by the environment.</summary>
/// <remarks>
/// The garbage collector sizes its youngest generation by the processor's cache, which on a server is hundreds of megabytes: a
/// relay that keeps nothing then holds 170 MB. With 4 MiB it holds about half, and is not slower (docs/decisions/0006).
/// </remarks>
internal static partial class RuntimeTuning
{
    private const string Variable = "DOTNET_GCgen0size";
    private const string Value = "0x400000";

    /// <summary>Sees to it that the daemon that this process starts has the setting.</summary>
    public static void Offer()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, Value);
        }
    }

    /// <summary>
    /// Starts this very process over with the setting, where that can be done in place; else goes on without. Afterwards the
    /// variable is gone from the environment, so that no child inherits it.
    /// </summary>
    public static void Apply()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null && OperatingSystem.IsLinux())
        {
            Restart();
        }

        Environment.SetEnvironmentVariable(Variable, value: null);
    }

    private static void Restart()
    {
        var line = File.ReadAllBytes("/proc/self/cmdline");
        var arguments = Encoding.UTF8.GetString(line).TrimEnd('\0').Split('\0');
        var program = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName;
        if (program is not null && SetVariable(Variable, Value, overwrite: 1) == 0)
        {
            // Returns only when it fails, and then everything is as before.
            _ = Execute(program, [.. arguments, null]);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
