using System.Collections.Immutable;
using System.CommandLine;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Processes;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Layers;

namespace CoAgent.Cli.Commands;

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Name">What it is.</param>
/// <param name="State">ok, warning or missing.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Remedy">What to do; null when there is nothing to do.</param>
internal sealed record DoctorFinding(string Name, string State, string Finding, string? Remedy);

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorReport(string Workspace, ImmutableArray<DoctorFinding> Findings);

/// <summary><c>coagent doctor</c>: what is missing, and the command that mends it.</summary>
internal static class DoctorCommand
{
    private const string Ok = "ok";
    private const string Warning = "warning";
    private const string Missing = "missing";

    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<string?> Config = CommonOptions.Config();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("doctor", "Look for what is missing here and say the command that mends it; exits with 1 when something is missing.")
        {
            Workspace, Config, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), parsed.GetValue(Config));
        var path = Environment.GetEnvironmentVariable("PATH");
        var findings = ImmutableArray.CreateBuilder<DoctorFinding>();
        findings.Add(await DaemonAsync(workspace, cancellationToken));
        var configuration = ChosenConfiguration.Load(workspace, parsed.GetValue(Config));
        findings.AddRange(Configuration(configuration, path));
        findings.AddRange(Catalog(workspace, configuration));
        findings.Add(Program("setsid", path, "children end with their whole family when the daemon ends", "apt-get install util-linux"));
        findings.Add(Program("bash", path, "the built-in workspace server runs commands with it", "apt-get install bash"));
        findings.Add(Layers(await LayerFinding.FindAsync()));
        findings.Add(Sandbox(await SandboxSupport.FindAsync(TimeProvider.System, cancellationToken)));
        findings.Add(Program("git", path, "workspaces are found by their .git", "apt-get install git"));
        findings.Add(Program("node", path, "many MCP servers are npm packages", "apt-get install nodejs npm"));
        var report = new DoctorReport(workspace.Root, findings.ToImmutable());
        Print(report, parsed.GetValue(Json));
        return report.Findings.Any(static finding => finding.State == Missing) ? CoAgentCommand.Failed : 0;
    }

    private static async Task<DoctorFinding> DaemonAsync(WorkspaceFolder workspace, CancellationToken cancellationToken) =>
        await DaemonLauncher.FindAsync(workspace, cancellationToken) is { } record
            ? new DoctorFinding("daemon", Ok, $"runs as process {record.Pid} at {record.Url}", Remedy: null)
            : new DoctorFinding("daemon", Ok, "does not run; \"coagent connect\" starts it when a client needs it", Remedy: null);

    private static DoctorFinding Layers(LayerFinding finding) => finding.Missing.Length == 0
        ? new DoctorFinding("layers", Ok, finding.How, Remedy: null)
        : new DoctorFinding("layers", Warning, $"{finding.How}: {finding.Missing}", finding.Remedy);

    private static DoctorFinding Sandbox(SandboxSupport support) => support.Kind == SandboxKind.WallsAndTrace
        ? new DoctorFinding("sandbox", Ok, $"\"coagent catalog check\" tries tools in {support}", Remedy: null)
        : new DoctorFinding(
            "sandbox",
            Warning,
            $"\"coagent catalog check\" tries tools in {support}: {support.Missing}",
            support.Packages.IsEmpty ? "allow user namespaces" : $"apt-get install {string.Join(' ', support.Packages)}");

    private static IEnumerable<DoctorFinding> Configuration(ChosenConfiguration configuration, string? path)
    {
        var file = configuration.File;
        if (!configuration.IsFile)
        {
            yield return new DoctorFinding("configuration", Ok, $"no {file}; the built-in workspace server is used", Remedy: null);
            yield break;
        }

        switch (configuration.Result)
        {
            case LoadResult.Faulty faulty:
                foreach (var fault in faulty.Faults)
                {
                    yield return new DoctorFinding("configuration", Missing, fault.ToString(), "edit the file");
                }

                break;
            case LoadResult.Loaded loaded:
                yield return new DoctorFinding("configuration", Ok, $"{file} with {loaded.Configuration.Servers.Length} server(s)", Remedy: null);
                foreach (var warning in loaded.Warnings)
                {
                    yield return new DoctorFinding("configuration", Warning, warning.ToString(), Remedy: null);
                }

                foreach (var server in loaded.Configuration.Servers.OfType<ServerDefinition.Stdio>())
                {
                    yield return Command(server, path);
                }

                break;
        }
    }

    private static IEnumerable<DoctorFinding> Catalog(WorkspaceFolder workspace, ChosenConfiguration configuration)
    {
        var folder = configuration.Result is LoadResult.Loaded loaded
            ? loaded.Configuration.Options.Catalog
            : DefaultConfiguration.For(workspace, configuration.File).Options.Catalog;
        var folders = CatalogFolders.Of(folder);
        var catalog = ToolCatalog.Read(folders);
        var drafts = catalog.Tools.Count(static tool => tool.Trust < TrustLevel.Verified);
        yield return folders.Shipped is null
            ? new DoctorFinding("catalog", Warning, "the catalog that comes with coagent is not beside the program", "publish or install coagent anew")
            : new DoctorFinding("catalog", Ok, $"{catalog.Profiles.Count} profiles, {catalog.Tools.Count()} tools, {drafts} of them drafts", Remedy: null);
        foreach (var fault in catalog.Faults)
        {
            yield return new DoctorFinding("catalog", Missing, $"{fault}", "edit the file");
        }
    }

    private static DoctorFinding Command(ServerDefinition.Stdio server, string? path)
    {
        var isPath = server.Command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var found = isPath ? File.Exists(server.Command) : CommandPath.FindOnPath(server.Command, path, server.WorkingDirectory) is not null;
        return found
            ? new DoctorFinding($"server {server.Name}", Ok, $"its command '{server.Command}' is there", Remedy: null)
            : new DoctorFinding($"server {server.Name}", Missing, $"its command '{server.Command}' is not on the PATH", $"install it, or correct mcpServers.{server.Name}.command");
    }

    private static DoctorFinding Program(string name, string? path, string use, string remedy) =>
        CommandPath.FindOnPath(name, path, Environment.CurrentDirectory) is { } found
            ? new DoctorFinding(name, Ok, found, Remedy: null)
            : new DoctorFinding(name, Warning, $"not found; {use}", remedy);

    private static void Print(DoctorReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(report, CliJson.Default.DoctorReport));
            return;
        }

        Console.WriteLine($"workspace {report.Workspace}");
        foreach (var finding in report.Findings)
        {
            var remedy = finding.Remedy is null ? "" : $"  ->  {finding.Remedy}";
            Console.WriteLine($"  {finding.State,-8} {finding.Name}: {finding.Finding}{remedy}");
        }
    }
}
