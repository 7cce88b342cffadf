using CoAgent.Proving;

return ProvingCommand.Run(args);
