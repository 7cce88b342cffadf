using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>The examples by which a drafted tool is tried: what was seen, on the files that were there.</summary>
internal static class TrialExamples
{
    private const string Begin = """
        git init -q -b main
        git config user.email trial@example.org
        git config user.name Trial
        """;

    private const string Commit = """

        git add -A
        git commit -q --allow-empty -m start
        """;

    private const string Change = """

        git ls-files | while IFS= read -r name; do printf 'changed\n' >> "$name"; done
        """;

    // Which state of a repository a command needs is found out by trying: those in which it does nothing are left out afterwards.
    private static readonly ImmutableArray<(string Name, string Script)> s_repositories =
    [
        ("with a change", Begin + Commit + Change + "\n"),
        ("with a change in the index", Begin + Commit + Change + "\n\ngit add -A\n"),
        ("without a change", Begin + Commit + "\n"),
        ("with new files", Begin + "\ngit commit -q --allow-empty -m start\n"),
    ];

    /// <summary>The examples; none where what they would need is not known.</summary>
    internal static ImmutableArray<ManifestExample> Of(ImmutableArray<SeenUnit> seen, ImmutableArray<ToolParameter> parameters)
    {
        var examples = ImmutableArray.CreateBuilder<ManifestExample>();
        foreach (var (at, unit) in seen.Index().Where(static one => one.Item.Before is not null).Take(ToolDraft.ExamplesMax))
        {
            var name = LineText.Of(unit.Unit);
            var example = new ManifestExample(name, ToolDraft.ArgumentsOf(parameters, at)) { Files = unit.Before! };
            if (unit.NeedsRepository)
            {
                examples.AddRange(s_repositories.Select(one => example with
                {
                    Name = $"{name}, {one.Name}",
                    Setup = [new Step.Script(one.Script)],
                }));
            }
            else
            {
                examples.Add(example);
            }
        }

        return examples.ToImmutable();
    }
}
