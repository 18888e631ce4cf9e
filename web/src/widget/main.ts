console.log("pingdui");
