using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog table PROFILE</c>: the table of a profile's README.</summary>
internal static class CatalogTableCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> Check = new("--check") { Description = "Write nothing; exit with 1 when the table is not as it would be written." };
    private static readonly Argument<string> Profile = new("profile") { Description = "A profile of the workspace's catalog." };

    public static Command Create()
    {
        var command = new Command(
            "table", "Write the table of a profile's README.md (tool, effect, class, inverse, what it cannot promise) between its markers; the rest of the file is kept.")
        {
            Profile, Check, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var name = parsed.GetValue(Profile)!;
        if (!catalog.Snapshot.Profiles.TryGetValue(name, out var profile))
        {
            throw new CommandException($"the catalog has no profile '{name}'. See: coagent catalog list");
        }

        var folder = Path.Combine(catalog.Folders.Workspace, name);
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"the profile '{name}' comes with coagent; a table is written beside manifests of the workspace's catalog.");
        }

        var file = Path.Combine(folder, ProfileTable.FileName);
        var before = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : null;
        var after = ProfileTable.Into(before, profile);
        var isSame = before == after;
        if (!isSame && !parsed.GetValue(Check))
        {
            await File.WriteAllTextAsync(file, after, cancellationToken);
        }

        Console.WriteLine(parsed.GetValue(Json)
            ? JsonSerializer.Serialize(new TableReport(file, !isSame, ProfileTable.RowsOf(profile)), CliJson.Default.TableReport)
            : $"{file}: {(isSame ? "is as it should be" : parsed.GetValue(Check) ? "is not as it should be: coagent catalog table " + name : "written")}");
        return isSame || !parsed.GetValue(Check) ? 0 : CoAgentCommand.Failed;
    }
}
