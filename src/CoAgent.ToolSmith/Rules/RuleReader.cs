using System.Collections.Frozen;
using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Texts;
using CoAgent.ToolSmith.Rules.Programs;

namespace CoAgent.ToolSmith.Rules;

/// <summary>Reads the file of one program (docs/commands.md, "A file").</summary>
internal sealed class RuleReader(ManifestSection section, string name, FrozenDictionary<string, OptionRule> above)
{
    private const int SubcommandsMax = 200;
    private const int OptionsMax = 300;
    private const int FormsMax = 40;

    /// <summary>What a file came to.</summary>
    /// <param name="Rule">The rule; null where it has faults.</param>
    /// <param name="Like">The program whose rule holds for this one too; null: its own does.</param>
    /// <param name="Faults">What is wrong, with file, line and key.</param>
    internal sealed record Outcome(CommandRule? Rule, string? Like, ImmutableArray<CatalogFault> Faults);

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its name, for faults; without folder and ending it is the program's name.</param>
    /// <param name="text">What it holds.</param>
    internal static Outcome Read(string file, string text)
    {
        var findings = new ManifestFindings(file);
        if (ManifestText.Parse(text, findings) is not { } map)
        {
            return new Outcome(null, null, findings.Faults);
        }

        var section = new ManifestSection(map, "", findings);
        var program = section.RequiredText("program");
        if (program is not null && program != Path.GetFileNameWithoutExtension(file))
        {
            section.Fault("program", "must be the file's name without its ending.");
        }

        var like = section.Text("like");
        var rule = new RuleReader(section, program ?? "", FrozenDictionary<string, OptionRule>.Empty).ReadRule();
        return findings.HasFaults ? new Outcome(null, null, findings.Faults) : new Outcome(rule, like, []);
    }

    private CommandRule ReadRule()
    {
        var options = ReadOptions();
        var isAnywhere = section.Flag("options-anywhere") ?? false;
        var rule = new CommandRule(name)
        {
            Description = section.Text("description") ?? "",
            Options = options,
            ReadsOnly = section.Flag("reads-only") ?? false,
            TakesPlainWords = section.Flag("plain-words") ?? false,
            StopsAtOperand = section.Flag("stops-at-operand") ?? false,
            OptionsAnywhere = isAnywhere,
            TakesNumbers = section.Flag("numbers") ?? false,
            TakesLetters = section.Flag("letters") ?? false,
            HasOneDash = section.Flag("one-dash") ?? false,
            Subcommands = section.Members("subcommands", SubcommandsMax, (node, key) => ReadSubcommand(node, key, isAnywhere ? options : above))
                .SelectMany(static pair => pair.Key.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => (one, pair.Value)))
                .DistinctBy(static pair => pair.one)
                .ToFrozenDictionary(static pair => pair.one, static pair => pair.Value with { Name = pair.one }),
            Forms = ReadForms(options),
        };
        section.RefuseTheRest();
        RequireHarmless(rule);
        return rule;
    }

    // What is said to read only must not be contradicted by its own options.
    private void RequireHarmless(CommandRule rule)
    {
        if (rule.ReadsOnly
            && (rule.Options.Values.Any(static option => option.Values.Any(static role => !role.IsRead()))
                || rule.Forms.Any(static form => form.Operands.Any(static role => !role.IsRead()))))
        {
            section.Fault("reads-only", "cannot be: one of its words is written, or not known.");
        }
    }

    private CommandRule? ReadSubcommand(ManifestNode node, string key, FrozenDictionary<string, OptionRule> around)
    {
        if (node is ManifestNode.Map map)
        {
            return new RuleReader(new ManifestSection(map, key, section.Findings), "", around).ReadRule();
        }

        section.Findings.Fault(key, node.Line, $"must be a map and is {node.TypeName}.");
        return null;
    }

    private FrozenDictionary<string, OptionRule> ReadOptions()
    {
        var options = new Dictionary<string, OptionRule>(StringComparer.Ordinal);
        AddEach("flags", [], options);
        AddEach("values", [Role.Text], options);
        AddEach("optional", [Role.Text], options, isOptional: true);
        AddEach("not-covered", [Role.Unseen], options, isOptional: true);
        foreach (var (names, values) in section.Members("options", OptionsMax, ReadValues))
        {
            var all = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var each in all)
            {
                if (each[0] != '-' || !options.TryAdd(each, new OptionRule(all[0], values.Roles, values.IsOptional)))
                {
                    section.Fault("options", $"has {Spelling.Shown(each)} twice, or it does not begin with \"-\".");
                }
            }
        }

        return options.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Many options of one kind, each with a name of its own.</summary>
    private void AddEach(string member, ImmutableArray<Role> values, Dictionary<string, OptionRule> options, bool isOptional = false)
    {
        foreach (var option in section.Text(member)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (option[0] != '-' || !options.TryAdd(option, new OptionRule(option, values, isOptional)))
            {
                section.Fault(member, $"has {Spelling.Shown(option)} twice, or it does not begin with \"-\".");
            }
        }
    }

    /// <summary>What stands after an option's names: <c>same</c> (they are one flag), or roles of its values, <c>?</c> behind one that need not be there.</summary>
    private sealed record OptionValues(ImmutableArray<Role> Roles, bool IsOptional);

    private OptionValues? ReadValues(ManifestNode node, string key)
    {
        if (node is ManifestNode.Scalar { Text: "same" })
        {
            return new OptionValues([], IsOptional: false);
        }

        var text = node is ManifestNode.Scalar scalar ? scalar.Text : "";
        var isOptional = text.EndsWith('?');
        var roles = (isOptional ? text[..^1] : text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Roles.Of).ToArray();
        if (roles.Length > 0 && roles.All(static role => role is not null) && (!isOptional || roles.Length == 1))
        {
            return new OptionValues([.. roles.Select(static role => role!.Value)], isOptional);
        }

        section.Findings.Fault(key, node.Line, $"must be same, or roles of values: {Known}.");
        return null;
    }

    private static string Known => string.Join(", ", Roles.All.Select(static role => role.Word));

    private ImmutableArray<CommandForm> ReadForms(FrozenDictionary<string, OptionRule> options)
    {
        var forms = ImmutableArray.CreateBuilder<CommandForm>();
        foreach (var (node, key) in section.Items("forms", FormsMax))
        {
            if (node is not ManifestNode.Map map)
            {
                section.Findings.Fault(key, node.Line, $"must be a map and is {node.TypeName}.");
                continue;
            }

            var inner = new ManifestSection(map, key, section.Findings);
            forms.Add(ReadForm(inner, options));
            inner.RefuseTheRest();
        }

        forms.Add(ReadForm(section, options));
        return forms.ToImmutable();
    }

    private CommandForm ReadForm(ManifestSection form, FrozenDictionary<string, OptionRule> options)
    {
        var (operands, isOpen) = ReadOperands(form);
        var by = form.Text("by")?.Split(' ', 2) ?? [];
        if (by.Length > 0 && !ProgramRules.Knows(by[0]))
        {
            form.Fault("by", $"names no code.{Spelling.Hint(by[0], ProgramRules.Names)}");
        }

        return new CommandForm
        {
            With = ReadWith(form, options),
            Operands = operands,
            IsOpen = isOpen,
            IfNone = ReadPlaces(form, "if-none") is [var only, ..] ? only : null,
            Places = ReadPlaces(form, "places"),
            By = by.Length > 0 ? by[0] : null,
            ByWhat = by.Length > 1 ? by[1] : "",
            Name = form.Text("name"),
            IsLive = form.Flag("live") ?? false,
            AsksNetwork = form.Flag("asks-network") ?? false,
            Irreversible = form.Text("irreversible"),
            Unseen = form.Text("unseen"),
            Fetches = form.Flag("fetches") ?? false,
            Opaque = form.Text("opaque"),
        };
    }

    private ImmutableArray<string> ReadWith(ManifestSection form, FrozenDictionary<string, OptionRule> options)
    {
        var names = form.Text("with")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var unknown in names.Where(name => !options.ContainsKey(name) && !above.ContainsKey(name)))
        {
            form.Fault("with", $"names {Spelling.Shown(unknown)}, which is not among the options.");
        }

        return [.. names.Select(name => options.GetValueOrDefault(name) ?? above.GetValueOrDefault(name)).OfType<OptionRule>().Select(static option => option.Name)];
    }

    private static (ImmutableArray<Role> Roles, bool IsOpen) ReadOperands(ManifestSection form)
    {
        var words = form.Text("operands")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var isOpen = words is [.., var last] && last.EndsWith("...", StringComparison.Ordinal);
        var roles = words.Select(word => Roles.Of(word.EndsWith("...", StringComparison.Ordinal) ? word[..^3] : word)).ToArray();
        if (roles.Any(static role => role is null) || words.SkipLast(1).Any(static word => word.EndsWith("...", StringComparison.Ordinal)))
        {
            form.Fault("operands", $"must be roles, \"...\" behind the last that may come again: {Known}.");
            return ([], false);
        }

        return ([.. roles.Select(static role => role!.Value)], isOpen);
    }

    private static ImmutableArray<FixedPlace> ReadPlaces(ManifestSection form, string member)
    {
        var words = form.Text(member)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var places = ImmutableArray.CreateBuilder<FixedPlace>();
        for (var at = 0; at + 1 < words.Length; at += 2)
        {
            if (Roles.Of(words[at]) is { } role)
            {
                places.Add(new FixedPlace(role, words[at + 1]));
            }
        }

        if (places.Count * 2 != words.Length)
        {
            form.Fault(member, $"must be pairs of a role and a path: {Known}.");
        }

        return places.ToImmutable();
    }
}
