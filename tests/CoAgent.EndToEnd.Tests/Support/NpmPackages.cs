using CoAgent.Trials.Support;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>The npm packages of the tests, for test classes that use them.</summary>
public sealed class NpmPackages : IAsyncLifetime
{
    private NpmFolder? folder;

    /// <summary>A Node of version 22 or newer.</summary>
    public string Node => Folder.Node;

    public string ConformanceSuite => Folder.ConformanceSuite;

    public string FilesystemServer => Folder.FilesystemServer;

    public string EverythingServer => Folder.EverythingServer;

    public string MemoryServer => Folder.MemoryServer;

    public string KubernetesServer => Folder.KubernetesServer;

    public string SqliteServer => Folder.SqliteServer;

    public string ShellParser => Folder.ShellParser;

    public string Supergateway => Folder.Supergateway;

    public string McpProxy => Folder.McpProxy;

    private NpmFolder Folder => folder ?? throw new InvalidOperationException("The packages are not installed yet.");

    /// <summary>The scenarios of a requirement set are listed in its folder.</summary>
    public string ConformanceRequirements(string set) => Folder.ConformanceRequirements(set);

    public async Task InitializeAsync() => folder = await NpmFolder.OpenAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
