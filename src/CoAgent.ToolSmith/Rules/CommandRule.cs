using System.Collections.Frozen;
using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Rules;

/// <summary>How the words of one program, or of one of its subcommands, are read, and what it touches (docs/commands.md).</summary>
internal sealed record CommandRule(string Name)
{
    /// <summary>What it does, for a person.</summary>
    public string Description { get; init; } = "";

    /// <summary>Its options, by each way to write them.</summary>
    public FrozenDictionary<string, OptionRule> Options { get; init; } = FrozenDictionary<string, OptionRule>.Empty;

    /// <summary>Its subcommands by name.</summary>
    public FrozenDictionary<string, CommandRule> Subcommands { get; init; } = FrozenDictionary<string, CommandRule>.Empty;

    /// <summary>What it does with its words in each case: the first whose options are given holds.</summary>
    public ImmutableArray<CommandForm> Forms { get; init; } = [];

    /// <summary>Nothing that it may be given makes it write, run something or talk to somebody.</summary>
    public bool ReadsOnly { get; init; }

    /// <summary>All its words are operands, also those that look like options.</summary>
    public bool TakesPlainWords { get; init; }

    /// <summary>Options end at the first operand.</summary>
    public bool StopsAtOperand { get; init; }

    /// <summary>Its options may also stand after the subcommand.</summary>
    public bool OptionsAnywhere { get; init; }

    /// <summary><c>-5</c> is an option.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>Its first word may be letters of options without a dash, whose values follow.</summary>
    public bool TakesLetters { get; init; }

    /// <summary>Options of several letters have one dash.</summary>
    public bool HasOneDash { get; init; }
}

/// <summary>One option: its first name, and what its values are.</summary>
/// <param name="Name">The first of its names.</param>
/// <param name="Values">What it does with each of its values; empty for an option without.</param>
/// <param name="IsOptional">Its value is there only where it is attached to it.</param>
internal sealed record OptionRule(string Name, ImmutableArray<Role> Values, bool IsOptional);

/// <summary>What a program does with its words in one case.</summary>
internal sealed record CommandForm
{
    /// <summary>One of these options is given; empty: in every case.</summary>
    public ImmutableArray<string> With { get; init; } = [];

    /// <summary>What it does with its operands, by place.</summary>
    public ImmutableArray<Role> Operands { get; init; } = [];

    /// <summary>The last of those is for all operands that follow, none or many.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What it does without operands, with paths of its own; null: nothing.</summary>
    public FixedPlace? IfNone { get; init; }

    /// <summary>What it touches beside its words.</summary>
    public ImmutableArray<FixedPlace> Places { get; init; } = [];

    /// <summary>The code that says what it touches, beside its options' values; null: the roles do.</summary>
    public string? By { get; init; }

    /// <summary>What that code is told.</summary>
    public string ByWhat { get; init; } = "";

    /// <summary>Its name for a person, where the option matters: <c>sed -i</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What it shows is another thing each time.</summary>
    public bool IsLive { get; init; }

    /// <summary>It asks the network and changes nothing there.</summary>
    public bool AsksNetwork { get; init; }

    /// <summary>Why nothing takes its effect back; null: something does.</summary>
    public string? Irreversible { get; init; }

    /// <summary>Why what it touches is not known before it runs; null: it is.</summary>
    public string? Unseen { get; init; }

    /// <summary>It fetches from the network what it puts into files.</summary>
    public bool Fetches { get; init; }

    /// <summary>Why it cannot be tried: it talks to others, or acts outside; null: it can.</summary>
    public string? Opaque { get; init; }
}

/// <summary>A path that a command touches without being given it.</summary>
/// <param name="Role">What it does with it.</param>
/// <param name="Path">The path, from where the command runs.</param>
internal sealed record FixedPlace(Role Role, string Path);
